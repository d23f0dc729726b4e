/**
 * What the system tells its people (M-01, M-03, M-04): announcements, events, questions, the guide, downloads and
 * links, and the office of those who write them (P-43, SM-15). It owns their times of publication and their audience,
 * and shows no account what is not for it: the rule stands once, in SQL (`store/read.ts`).
 *
 *   draft ──publish──► released: scheduled ► published ► expired, by its times ──withdraw──► archived ──publish──► …
 *     └── deleted                                                                              └── deleted
 *
 * One edits one's own, the national administration everything. It refuses a change of what somebody else changed
 * meanwhile, and shows it; deleting what is published; a file that is not what its name says.
 */
export type { ContentHost } from './host.ts';
export { CONTENT_PAGES } from './kinds.ts';
export { contentRoutes } from './routes/all.ts';
export { readerOf } from './routes/read.ts';
export { seedContent } from './seed.ts';
export { newsOf } from './store/read.ts';
export type { News } from './types.ts';
export { newsView } from './view.ts';
