/**
 * Help: questions and answers, the guide for newcomers, links, files to download, the site map, and the pages
 * about the portal itself. Entries are content that editors write; the pages about the portal are words of the
 * product and stand in the locale files. Refused: a file for signed-in people to anyone else.
 */
export {
  DOWNLOAD_CATEGORIES,
  TOPICS,
  type DownloadDraft,
  type HelpEntryDraft,
  downloadDraft,
  guideDraft,
  linkDraft,
  questionDraft,
} from './draft.ts';
export { type HelpRouteDeps, helpRoutes } from './routes.ts';
export { saveDownload, saveHelpEntry } from './store.ts';
export type { Place } from './types.ts';
