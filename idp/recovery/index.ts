/**
 * The forgotten password (SM-13): requested with account, address and captcha; a worker mails the owner a link,
 * whoever else asked gets the same answer and no mail; the link opens for an hour, once, the newest only, and asks
 * for the second factor where there is one; a new password releases the lock and ends every session, and signs
 * nobody in. It owns the requests and the links.
 */
export type { RecoveryRouteDeps } from './deps.ts';
export { recoveryRoutes } from './routes.ts';
export { hasLinksEnough, issueResets, mailResetLink } from './service/issue.ts';
