/**
 * Certification mode: the provider as the OpenID Foundation's test suite needs it, and as nobody else may have it.
 * Its clients belong to no subsystem, may leave PKCE out and are registered by whoever asks; a call answers CIBA requests. Refused: production, and a
 * database that has anybody but the demo's made-up people in it.
 */
export { certificationRoutes } from './routes.ts';
export { CERTIFICATION_USAGE, runCertificationCommand } from './commands.ts';
export { requireNoPeople } from './store.ts';
