/**
 * Service status: the notices above the public pages (P-02) and the maintenance windows of the portal and of each
 * subsystem (C-10): announced before, then advice, look but do not change, or closed. A closed portal refuses
 * pages and never the protocol or signing out; a closed subsystem is not entered from here.
 */
export { type StatusBoard, createStatusBoard } from './board.ts';
export { type NoticeDraft, type WindowDraft, WEEKDAYS, noticeDraft, windowDraft } from './draft.ts';
export { maintenanceGuard, setRetryAfter } from './guard.ts';
export { occurrenceOf, restrictionOf } from './policy.ts';
export { saveNotice, saveWindow } from './store.ts';
export type { MaintenanceWindow, Notice, Occurrence } from './types.ts';
export { closedText, pageNotices } from './view.ts';
