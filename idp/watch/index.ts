/**
 * Watching the audit trail for unusual use: rules as data say what stands out (a new address or browser of somebody
 * with rights, many exports, many queries at night, many refusals); a job raises each alert once and tells whoever
 * is responsible. An alert is open → explained, or open → escalated → explained, each with a note. Nobody explains
 * an alert about themselves.
 */
export { tellResponsible } from './mails.ts';
export { watchRoutes } from './routes.ts';
export { watchAudit } from './service/evaluate.ts';
export { alertWork } from './work.ts';
export type { WatchDeps } from './types.ts';
