import {
  type NoticeDraft,
  WEEKDAYS,
  type WindowDraft,
  noticeDraft,
  saveNotice,
  saveWindow,
  windowDraft,
} from '../../service-status/index.ts';
import { translate } from '#templates/locales.ts';
import { findNoticeEntry, findWindowEntry } from '../store/status.ts';
import type { ContentKind } from '../types.ts';
import { subsystems } from './options.ts';

/** Lines above every page (P-02). */
export const noticeKind: ContentKind = {
  name: 'notice',
  deed: 'notices.write',
  table: 'notice',
  files: 'none',
  schema: noticeDraft,
  fields: [
    { path: 'text.zh-TW', kind: 'line', required: true, max: 200 },
    { path: 'text.en', kind: 'line', max: 200 },
    { path: 'url', kind: 'line', max: 500 },
    { path: 'startsAt', kind: 'moment', required: true },
    { path: 'endsAt', kind: 'moment' },
    { path: 'order', kind: 'number' },
  ],
  fresh: (now) => ({ startsAt: now, order: 0 }),
  find: findNoticeEntry,
  save: (trx, parsed) => saveNotice(trx, parsed as NoticeDraft),
};

const MODES = ['advice', 'read_only', 'closed'];

/** Times set aside for maintenance (C-10), once or weekly. */
export const windowKind: ContentKind = {
  name: 'window',
  deed: 'maintenance.write',
  table: 'maintenance_window',
  files: 'none',
  schema: windowDraft,
  fields: [
    { path: 'system', kind: 'choice', options: subsystems },
    {
      path: 'mode',
      kind: 'choice',
      required: true,
      options: ({ locale }) =>
        MODES.map((value) => ({ value, label: translate(locale, `console-content.mode-${value}`) })),
    },
    { path: 'reason.zh-TW', kind: 'line', max: 300 },
    { path: 'reason.en', kind: 'line', max: 300 },
    { path: 'startsAt', kind: 'moment' },
    {
      path: 'weekly.weekday',
      kind: 'choice',
      options: ({ locale }) =>
        WEEKDAYS.map((value) => ({ value, label: translate(locale, `console-content.day-${value}`) })),
    },
    { path: 'weekly.start', kind: 'time' },
    { path: 'durationMinutes', kind: 'number', required: true },
    { path: 'announceMinutes', kind: 'number' },
    { path: 'validFrom', kind: 'moment' },
    { path: 'validUntil', kind: 'moment' },
    { path: 'cancelled', kind: 'yes' },
  ],
  fresh: () => ({ mode: 'advice', durationMinutes: 60, announceMinutes: 1440 }),
  find: findWindowEntry,
  save: (trx, parsed) => saveWindow(trx, parsed as WindowDraft),
};
