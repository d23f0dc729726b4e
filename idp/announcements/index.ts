/**
 * Announcements and events: what the portal and its subsystems tell people. It owns their times of publication
 * and their audience, and shows nobody what is not for them: the rule stands once, in SQL (`store/read.ts`).
 * Draft → scheduled → published → expired → archived (SM-15): the editor says draft, released or archived,
 * the times of publication say the rest.
 */
export { type AnnouncementDraft, CATEGORIES, announcementDraft } from './draft.ts';
export { publicationOf } from './policy.ts';
export { type AnnouncementRouteDeps, announcementRoutes } from './routes.ts';
export { listAnnouncements } from './store/read.ts';
export { newAnnouncements } from './store/seen.ts';
export { type NewFile, saveAnnouncement } from './store/save.ts';
export type { AnnouncementLine, Publication, Reader } from './types.ts';
export { lineView } from './view.ts';
