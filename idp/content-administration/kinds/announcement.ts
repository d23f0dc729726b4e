import {
  type AnnouncementDraft,
  CATEGORIES,
  announcementDraft,
  saveAnnouncement,
} from '../../announcements/index.ts';
import { translate } from '#templates/locales.ts';
import { findAnnouncementEntry } from '../store/announcement.ts';
import type { ContentField, ContentKind } from '../types.ts';
import { duties, menuRoles, states, subsystems } from './options.ts';

const LEAD: ContentField[] = [
  {
    path: 'category',
    kind: 'choice',
    required: true,
    options: ({ locale }) =>
      CATEGORIES.map((value) => ({ value, label: translate(locale, `announcements.category-${value}`) })),
  },
  { path: 'system', kind: 'choice', options: subsystems },
  { path: 'title.zh-TW', kind: 'line', required: true, max: 200 },
  { path: 'title.en', kind: 'line', max: 200 },
  { path: 'body.zh-TW', kind: 'text', required: true, max: 20_000 },
  { path: 'body.en', kind: 'text', max: 20_000 },
];
const EVENT: ContentField[] = [
  { path: 'event.startsAt', kind: 'moment', required: true },
  { path: 'event.endsAt', kind: 'moment' },
  { path: 'event.place.zh-TW', kind: 'line', required: true, max: 200 },
  { path: 'event.place.en', kind: 'line', max: 200 },
];
const SCHEDULE: ContentField[] = [
  { path: 'state', kind: 'choice', required: true, options: states },
  { path: 'publishFrom', kind: 'moment', required: true },
  { path: 'publishUntil', kind: 'moment' },
  { path: 'order', kind: 'number' },
  { path: 'audience.signedIn', kind: 'yes', nationalOnly: true },
  { path: 'audience.subsystems', kind: 'choices', options: subsystems, nationalOnly: true },
  { path: 'audience.duties', kind: 'choices', options: duties, nationalOnly: true },
  { path: 'audience.menuRoles', kind: 'choices', options: menuRoles, nationalOnly: true },
  { path: 'audience.units', kind: 'codes', nationalOnly: true },
];

/** Announcements (P-43) and events (C-06). */
export const announcementKinds: ContentKind[] = (['announcement', 'event'] as const).map((kind) => ({
  name: kind,
  deed: 'content.write',
  table: 'announcement',
  files: 'many',
  schema: announcementDraft,
  fields: [...LEAD, ...(kind === 'event' ? EVENT : []), ...SCHEDULE],
  fresh: (now) => ({ kind, state: 'draft', publishFrom: now, order: 0, category: 'general' }),
  find: (db, id) => findAnnouncementEntry(db, kind, id),
  save: (trx, parsed, files, now) =>
    saveAnnouncement(trx, { ...(parsed as AnnouncementDraft), kind }, files ?? 'keep', now),
}));
