/**
 * The console's shell: who gets in, its menu, its home with the work that waits. Pages and rules live with their
 * features. It refuses whoever has no second factor in this session, no right to the deed, or comes from an
 * address that is not allowed.
 */
export { type ConsoleGateDeps, createConsoleGate } from './gate.ts';
export { type WorkList, consoleHomeRoutes } from './home.ts';
