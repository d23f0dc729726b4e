/**
 * A person's own second factors: authenticator app, passkeys, recovery codes that stand in for them. One is
 * offered, then in force once it has shown a right code, renamed at will, removed or replaced. Every change asks
 * for a sign-in of the last five minutes, is audited, and is told to the owner. Refused: taking away the last
 * factor of somebody whose role demands one.
 */
export { type OwnAuthenticatorRouteDeps, ownAuthenticatorRoutes } from './routes.ts';
export { addPasskey, startPasskey } from './service/passkeys.ts';
export { addTotp } from './service/totp.ts';
export { enrolmentView } from './view.ts';
