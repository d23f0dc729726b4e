/**
 * Units as administrators keep them: found, changed, closed, opened again, merged. A unit is active ⇄ closed; one that
 * became part of another stays closed. Refused: closing or merging one's own unit or one with the agency's or the
 * operators' accounts, closing while applications wait, merging where accounts hold duties the other unit's kind
 * cannot have, a change over somebody else's. Whatever changes what subsystems were told ends the grants it was told in.
 */
export { unitConsoleRoutes } from './console-routes.ts';
