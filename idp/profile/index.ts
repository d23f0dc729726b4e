/**
 * One's own particulars (P-23): title, telephones and the second e-mail change at once; a new e-mail once it has
 * been confirmed there; an ID number at once, but as declared only, so that it proves nothing until somebody has
 * confirmed it. Refused: whatever else there is, which goes to the unit manager.
 */
export { type ProfileRouteDeps, profileRoutes } from './routes.ts';
export { runNationalIdConfirmation } from './commands.ts';
export { type ConfirmationRefusal, confirmNationalId } from './service/confirm-national-id.ts';
