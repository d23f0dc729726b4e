import {
  type HelpEntryDraft,
  TOPICS,
  guideDraft,
  linkDraft,
  questionDraft,
  saveHelpEntry,
} from '../../help-pages/index.ts';
import { translate } from '#templates/locales.ts';
import { findHelpEntry } from '../store/help.ts';
import type { ContentField, ContentKind } from '../types.ts';
import { states } from './options.ts';

const SCHEMAS = { question: questionDraft, guide: guideDraft, link: linkDraft };

/** Q&A, guide and links (P-05). */
export const helpKinds: ContentKind[] = (['question', 'guide', 'link'] as const).map((kind) => {
  const max = kind === 'link' ? 1000 : 10_000;
  const address: ContentField[] =
    kind === 'link' ? [{ path: 'url', kind: 'line', required: true, max: 500 }] : [];
  return {
    name: kind,
    deed: 'help.write',
    table: 'help_entry',
    files: 'none',
    schema: SCHEMAS[kind],
    fields: [
      {
        path: 'topic',
        kind: 'choice',
        required: true,
        options: ({ locale }) =>
          TOPICS[kind].map((value) => ({ value, label: translate(locale, `help.topic-${value}`) })),
      },
      { path: 'title.zh-TW', kind: 'line', required: true, max: 200 },
      { path: 'title.en', kind: 'line', max: 200 },
      ...address,
      { path: 'body.zh-TW', kind: 'text', required: true, max },
      { path: 'body.en', kind: 'text', max },
      { path: 'state', kind: 'choice', required: true, options: states },
      { path: 'order', kind: 'number' },
    ],
    fresh: () => ({ state: 'draft', order: 0, topic: TOPICS[kind][0] }),
    find: (db, id) => findHelpEntry(db, kind, id),
    save: (trx, parsed, _files, now) => saveHelpEntry(trx, kind, parsed as HelpEntryDraft, now),
  };
});
