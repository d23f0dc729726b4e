import type { Report } from '../../records/index.ts';
import { CRITERIA } from './programme.ts';
import { byMonth, inAll, linesOf } from './store/statistics.ts';

const monthsAgo = (months: number) => (today: string) => {
  const [year = 0, month = 0] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 7);
};

export const STATISTICS: Report = {
  path: 'maternal/high-risk/statistics',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(11) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'county', kind: 'county' },
    { name: 'criteria', kind: 'choice', options: CRITERIA },
  ],
  columns: [
    { name: 'month', kind: 'text' },
    { name: 'intakes', kind: 'number' },
    { name: 'enrolled', kind: 'number' },
    { name: 'enrolled_rate', kind: 'percent' },
    { name: 'contacts', kind: 'number' },
    { name: 'done_rate', kind: 'percent' },
    { name: 'visited_rate', kind: 'percent' },
    { name: 'deliveries', kind: 'number' },
    { name: 'preterm_rate', kind: 'percent' },
    { name: 'referred_rate', kind: 'percent' },
  ],
  rows: byMonth,
  figures: [
    { name: 'intakes', kind: 'number' },
    { name: 'enrolled_rate', kind: 'percent' },
    { name: 'done_rate', kind: 'percent' },
    { name: 'visited_rate', kind: 'percent' },
    { name: 'preterm_rate', kind: 'percent' },
    { name: 'referred_rate', kind: 'percent' },
  ],
  sums: inAll,
  drawn: 'intakes',
};

/** The statement of settlements, line by line. */
export const LINES: Report = {
  path: 'maternal/high-risk/settlement-lines',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(2) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'unit', kind: 'unit' },
  ],
  columns: [
    { name: 'month', kind: 'text' },
    { name: 'record', kind: 'record' },
    { name: 'unit_name', kind: 'text' },
    { name: 'item', kind: 'choice' },
    { name: 'done_on', kind: 'day' },
    { name: 'case_no', kind: 'text' },
    { name: 'person', kind: 'text' },
    { name: 'price', kind: 'number' },
  ],
  rows: linesOf,
};
