/**
 * Changing one's own password while signed in (P-26): the present one is proved under the same lock as at sign-in,
 * the new one is held to the rules, the history and the minimum age; other sessions end, this one goes on under a
 * new id, and the owner is told by mail. It also tells people when their password is about to expire (N09).
 */
export { warningDue } from './policy.ts';
export { warnOfExpiry } from './warn-of-expiry.ts';
export { type PasswordChangeRouteDeps, passwordChangeRoutes } from './routes.ts';
