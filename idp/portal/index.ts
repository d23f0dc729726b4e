/**
 * The portal: the public home, the signed-in home with a tile for each bound account, the way into a subsystem,
 * and out again. It holds no rule of its own; what may be entered is asked of bindings and sessions.
 */
export { PORTAL_CLIENT, portalClient } from './client.ts';
export { type Gate, createGate } from './gate.ts';
export { runContentImport, seedContent } from './commands.ts';
export { groupPlaces } from './places.ts';
export { idleRoutes } from './idle-routes.ts';
export { type PortalDeps, portalRoutes } from './routes.ts';
