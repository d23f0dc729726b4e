import { type Report, monthsAgo } from '../../records/index.ts';
import { byMonth, inAll, mismatches } from './store.ts';

export const RECONCILIATION: Report = {
  path: 'maternal/gbs/reconciliation',
  fields: [
    { name: 'from', kind: 'day', fallback: (today) => `${monthsAgo(3)(today)}-01` },
    { name: 'to', kind: 'day', fallback: (today) => today },
  ],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'sample_date', kind: 'day' },
    { name: 'person', kind: 'text' },
    { name: 'id_hint', kind: 'text' },
    { name: 'unit_name', kind: 'text' },
    { name: 'mismatch', kind: 'choice' },
  ],
  rows: mismatches,
};

export const STATISTICS: Report = {
  path: 'maternal/gbs/statistics',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(11) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'county', kind: 'county' },
  ],
  columns: [
    { name: 'month', kind: 'text' },
    { name: 'specimens', kind: 'number' },
    { name: 'results', kind: 'number' },
    { name: 'positives', kind: 'number' },
    { name: 'positive_rate', kind: 'percent' },
  ],
  rows: byMonth,
  figures: [
    { name: 'specimens', kind: 'number' },
    { name: 'results', kind: 'number' },
    { name: 'positive_rate', kind: 'percent' },
  ],
  sums: inAll,
  drawn: 'specimens',
};
