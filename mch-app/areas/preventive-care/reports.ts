import type { Report } from '../../records/index.ts';
import { byMonth, inAll } from './store/statistics.ts';

const monthsAgo = (months: number) => (today: string) => {
  const [year = 0, month = 0] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 7);
};

/** How far the visits are used, and what became of what they found. */
export const STATISTICS: Report = {
  path: 'child/preventive-care/statistics',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(11) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'county', kind: 'county' },
  ],
  columns: [
    { name: 'month', kind: 'text' },
    { name: 'exams', kind: 'number' },
    { name: 'abnormal', kind: 'number' },
    { name: 'abnormal_rate', kind: 'percent' },
    { name: 'referred', kind: 'number' },
    { name: 'referral_rate', kind: 'percent' },
    { name: 'referrals', kind: 'number' },
    { name: 'diagnosed', kind: 'number' },
    { name: 'diagnosis_rate', kind: 'percent' },
    { name: 'due', kind: 'number' },
    { name: 'attended', kind: 'number' },
    { name: 'utilisation', kind: 'percent' },
  ],
  rows: byMonth,
  figures: [
    { name: 'utilisation', kind: 'percent' },
    { name: 'exams', kind: 'number' },
    { name: 'abnormal_rate', kind: 'percent' },
    { name: 'referral_rate', kind: 'percent' },
    { name: 'diagnosis_rate', kind: 'percent' },
  ],
  sums: inAll,
  drawn: 'exams',
};
