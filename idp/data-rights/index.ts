/**
 * People's rights to their personal data: a copy of all that is held here, given at once, and requests for access,
 * correction, stop and deletion. A request is open until it is granted, refused on a ground of the law, or
 * withdrawn; the law's time runs from the day it is made and may be extended once. Refused: a second open request
 * of a kind, a refusal without a written reason, and whatever is another person's.
 */
export { runDataRequestCommand } from './commands.ts';
export { type CarryingDeps, carryOut } from './service/carry-out.ts';
export { type DataRightsRouteDeps, dataRightsRoutes } from './routes.ts';
