import {
  DOWNLOAD_CATEGORIES,
  type DownloadDraft,
  downloadDraft,
  saveDownload,
} from '../../help-pages/index.ts';
import { translate } from '#templates/locales.ts';
import { findDownloadEntry } from '../store/help.ts';
import type { ContentKind } from '../types.ts';
import { states } from './options.ts';

const withoutFile = downloadDraft.omit({ file: true });

/** The files people may take (P-05); some only when signed in. */
export const downloadKind: ContentKind = {
  name: 'download',
  deed: 'help.write',
  table: 'download',
  files: 'one',
  schema: withoutFile,
  fields: [
    {
      path: 'category',
      kind: 'choice',
      required: true,
      options: ({ locale }) =>
        DOWNLOAD_CATEGORIES.map((value) => ({
          value,
          label: translate(locale, `downloads.category-${value}`),
        })),
    },
    { path: 'title.zh-TW', kind: 'line', required: true, max: 200 },
    { path: 'title.en', kind: 'line', max: 200 },
    { path: 'publishedOn', kind: 'day', required: true },
    { path: 'signedIn', kind: 'yes' },
    { path: 'state', kind: 'choice', required: true, options: states },
    { path: 'order', kind: 'number' },
  ],
  fresh: (now) => ({
    state: 'draft',
    order: 0,
    category: 'manual',
    publishedOn: now.toISOString().slice(0, 10),
  }),
  find: findDownloadEntry,
  save: (trx, parsed, files, now) =>
    saveDownload(trx, { ...(parsed as Omit<DownloadDraft, 'file'>), file: '' }, files?.[0], now),
};
