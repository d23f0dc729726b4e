/**
 * From where national roles may use the console: networks by role, held in memory by each replica and read again
 * at each change. A role without a network may use it from everywhere. It refuses a change that would keep out
 * whoever makes it; who locked everybody out gets in by command.
 */
export { ALLOW_USAGE, runConsoleCommand } from './commands.ts';
export { type AllowList, createAllowList } from './live.ts';
export { isAllowed, isInside } from './policy.ts';
export { allowListRoutes } from './routes.ts';
