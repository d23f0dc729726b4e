import type { Report, ReportColumn } from '../../records/index.ts';
import { daysAfter, monthsAfter } from './policy.ts';
import { byMonth, inAll } from './store/statistics.ts';
import { mismatches, subsidySums } from './store/subsidies.ts';
import { undiagnosed, unscreened } from './store/waiting.ts';

/** Older than three days and younger than three months. */
const FROM = (today: string): string => daysAfter(monthsAfter(today, -3), 1);
const TO = (today: string): string => daysAfter(today, -4);
const monthsAgo = (months: number) => (today: string) =>
  monthsAfter(`${today.slice(0, 7)}-01`, -months).slice(0, 7);

export const UNSCREENED: Report = {
  path: 'child/hearing/unscreened',
  fields: [
    { name: 'from', kind: 'day', fallback: FROM },
    { name: 'to', kind: 'day', fallback: TO },
  ],
  columns: [
    { name: 'person', kind: 'text' },
    { name: 'id_hint', kind: 'text' },
    { name: 'born_on', kind: 'day' },
    { name: 'age_days', kind: 'number' },
    { name: 'birth_unit', kind: 'text' },
    { name: 'screen', kind: 'entry', path: 'child/hearing/screening' },
  ],
  rows: unscreened,
};

export const UNDIAGNOSED: Report = {
  path: 'child/hearing/undiagnosed',
  fields: [
    { name: 'from', kind: 'day' },
    { name: 'to', kind: 'day' },
    { name: 'stage', kind: 'choice', options: ['first', 'repeat'] },
    { name: 'side', kind: 'choice', options: ['screened', 'referred'] },
  ],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'person', kind: 'text' },
    { name: 'id_hint', kind: 'text' },
    { name: 'born_on', kind: 'day' },
    { name: 'stage', kind: 'choice' },
    { name: 'screened_on', kind: 'day' },
    { name: 'unit_name', kind: 'text' },
    { name: 'refer_to', kind: 'text' },
    { name: 'waited_days', kind: 'number' },
    { name: 'diagnose', kind: 'entry', path: 'child/hearing/diagnosis' },
  ],
  rows: undiagnosed,
};

export const RECONCILIATION: Report = {
  path: 'child/hearing/reconciliation',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(0) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'mismatch', kind: 'choice', options: ['late', 'no_birth_unit', 'not_claimed'] },
  ],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'screened_on', kind: 'day' },
    { name: 'person', kind: 'text' },
    { name: 'id_hint', kind: 'text' },
    { name: 'unit_name', kind: 'text' },
    { name: 'mismatch', kind: 'choice' },
  ],
  rows: mismatches,
  figures: [
    { name: 'subsidised', kind: 'number' },
    { name: 'amount', kind: 'number' },
    { name: 'mismatches', kind: 'number' },
  ],
  sums: subsidySums,
};

/** 1-3-1-6: screened within a month, diagnosed within three, fitted a month after that, in training within six. */
const FIGURES: readonly ReportColumn[] = [
  { name: 'births', kind: 'number' },
  { name: 'screened', kind: 'number' },
  { name: 'coverage', kind: 'percent' },
  { name: 'month_1', kind: 'percent' },
  { name: 'failed', kind: 'number' },
  { name: 'months_3', kind: 'percent' },
  { name: 'losses', kind: 'number' },
  { name: 'fitted_1', kind: 'percent' },
  { name: 'months_6', kind: 'percent' },
];

export const STATISTICS: Report = {
  path: 'child/hearing/statistics',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(11) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'county', kind: 'county' },
  ],
  columns: [{ name: 'month', kind: 'text' }, ...FIGURES],
  rows: byMonth,
  figures: FIGURES,
  sums: inAll,
  drawn: 'births',
};
