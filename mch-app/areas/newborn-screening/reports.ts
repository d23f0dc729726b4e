import { type Report, type ReportColumn, monthsAgo } from '../../records/index.ts';
import { subsidyMismatches, subsidySums } from './store/reconciliation.ts';
import { sentSums, toBeSent } from './store/sending.ts';
import { byMonth, inAll } from './store/statistics.ts';

const PLACE = [
  { name: 'county', kind: 'county' },
  { name: 'unit', kind: 'unit' },
] as const;

/** What goes along with the filter cards. */
export const SENDING: Report = {
  path: 'child/newborn-screening/sending',
  fields: [
    { name: 'sent', kind: 'choice', options: ['unsent', 'sent'], fallback: () => 'unsent' },
    { name: 'from', kind: 'day', fallback: (today) => `${monthsAgo(1)(today)}-01` },
    { name: 'to', kind: 'day', fallback: (today) => today },
    { name: 'center', kind: 'unit' },
  ],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'filter_card_no', kind: 'text' },
    { name: 'seq', kind: 'number' },
    { name: 'person', kind: 'text' },
    { name: 'birth_date', kind: 'day' },
    { name: 'collected_on', kind: 'day' },
    { name: 'mailed_date', kind: 'day' },
    { name: 'center_name', kind: 'text' },
    { name: 'unit_name', kind: 'text' },
  ],
  rows: toBeSent,
  figures: [
    { name: 'specimens', kind: 'number' },
    { name: 'centers', kind: 'number' },
  ],
  sums: sentSums,
};

export const RECONCILIATION: Report = {
  path: 'child/newborn-screening/reconciliation',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(1) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    {
      name: 'mismatch',
      kind: 'choice',
      options: ['twice', 'late', 'not_screened', 'no_result', 'unclaimed'],
    },
    ...PLACE,
  ],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'collected_on', kind: 'day' },
    { name: 'person', kind: 'text' },
    { name: 'id_hint', kind: 'text' },
    { name: 'filter_card_no', kind: 'text' },
    { name: 'subsidy_type', kind: 'choice' },
    { name: 'unit_name', kind: 'text' },
    { name: 'mismatch', kind: 'choice' },
  ],
  rows: subsidyMismatches,
  figures: [
    { name: 'specimens', kind: 'number' },
    { name: 'subsidised', kind: 'number' },
    { name: 'government', kind: 'number' },
    { name: 'family', kind: 'number' },
  ],
  sums: subsidySums,
};

const RATES: ReportColumn[] = [
  { name: 'coverage_all', kind: 'percent' },
  { name: 'recall_rate', kind: 'percent' },
  { name: 'predictive_value', kind: 'percent' },
  { name: 'days_median', kind: 'number' },
];

export const STATISTICS: Report = {
  path: 'child/newborn-screening/statistics',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(11) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    ...PLACE,
  ],
  columns: [
    { name: 'month', kind: 'text' },
    { name: 'births', kind: 'number' },
    { name: 'screened', kind: 'number' },
    { name: 'coverage', kind: 'percent' },
    { name: 'results', kind: 'number' },
    { name: 'recalled', kind: 'number' },
    { name: 'recall_rate', kind: 'percent' },
    { name: 'positives', kind: 'number' },
    { name: 'confirmed', kind: 'number' },
    { name: 'predictive_value', kind: 'percent' },
    { name: 'days_to_diagnosis', kind: 'number' },
  ],
  rows: byMonth,
  figures: RATES,
  sums: inAll,
  drawn: 'coverage',
};
