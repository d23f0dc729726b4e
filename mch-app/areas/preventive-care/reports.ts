import type { Report, ReportFilters } from '../../records/index.ts';
import { IN_ALL, byMonth } from './store/statistics.ts';

const monthsAgo = (months: number) => (today: string) => {
  const [year = 0, month = 0] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 7);
};

const ofUse = ({ side }: ReportFilters): boolean => side !== 'outcome';
const ofOutcome = (filters: ReportFilters): boolean => !ofUse(filters);

/** How far the visits are used, and what became of what they found. */
export const STATISTICS: Report = {
  path: 'child/preventive-care/statistics',
  fields: [
    { name: 'since', kind: 'month', fallback: monthsAgo(11) },
    { name: 'until', kind: 'month', fallback: monthsAgo(0) },
    { name: 'county', kind: 'county' },
    { name: 'side', kind: 'choice', options: ['use', 'outcome'], fallback: () => 'use' },
  ],
  columns: [
    { name: 'month', kind: 'text' },
    { name: 'exams', kind: 'number' },
    { name: 'due', kind: 'number', only: ofUse },
    { name: 'attended', kind: 'number', only: ofUse },
    { name: 'utilisation', kind: 'percent', only: ofUse },
    { name: 'abnormal', kind: 'number' },
    { name: 'abnormal_rate', kind: 'percent', only: ofUse },
    { name: 'referred', kind: 'number', only: ofOutcome },
    { name: 'referral_rate', kind: 'percent', only: ofOutcome },
    { name: 'referrals', kind: 'number', only: ofOutcome },
    { name: 'diagnosed', kind: 'number', only: ofOutcome },
    { name: 'diagnosis_rate', kind: 'percent', only: ofOutcome },
  ],
  rows: byMonth,
  figures: [
    { name: 'utilisation', kind: 'percent' },
    { name: 'exams', kind: 'number' },
    { name: 'abnormal_rate', kind: 'percent' },
    { name: 'referral_rate', kind: 'percent' },
    { name: 'diagnosis_rate', kind: 'percent' },
  ],
  totals: IN_ALL,
  drawn: 'exams',
};
