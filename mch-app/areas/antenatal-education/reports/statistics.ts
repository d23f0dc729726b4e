import { type Report, type ReportFilters, monthsAgo } from '../../../records/index.ts';
import { COVERAGE_IN_ALL, LEVELS, coverage, topics, volume, volumeInAll } from '../store/statistics.ts';

const BASE = 'maternal/antenatal-education/statistics';
const MONTHS = [
  { name: 'since', kind: 'month', fallback: monthsAgo(11) },
  { name: 'until', kind: 'month', fallback: monthsAgo(0) },
] as const;
const PLACE = [
  { name: 'county', kind: 'county' },
  { name: 'town', kind: 'town' },
  { name: 'unit', kind: 'unit' },
] as const;
const level = (fallback: (typeof LEVELS)[number]) =>
  ({ name: 'level', kind: 'choice', options: LEVELS, fallback: () => fallback }) as const;
const at =
  (wanted: string) =>
  ({ level: asked }: ReportFilters) =>
    asked === wanted;
const GROUPS = [
  { name: 'county', kind: 'county', only: at('county') },
  { name: 'unit_name', kind: 'text', only: at('unit') },
  { name: 'month', kind: 'text', only: at('month') },
  { name: 'trimester', kind: 'choice', only: at('trimester') },
] as const;

const AMOUNTS = [
  { name: 'records', kind: 'number' },
  { name: 'first_records', kind: 'number' },
  { name: 'third_records', kind: 'number' },
  { name: 'referred', kind: 'number' },
] as const;

/** How much guidance was given. */
export const VOLUME: Report = {
  path: `${BASE}/volume`,
  fields: [...MONTHS, level('month'), ...PLACE],
  columns: [...GROUPS, ...AMOUNTS],
  rows: volume,
  figures: AMOUNTS,
  sums: volumeInAll,
  drawn: 'records',
};

/** What was asked for and spoken of. */
export const TOPICS: Report = {
  path: `${BASE}/topics`,
  fields: [...MONTHS, ...PLACE],
  columns: [
    { name: 'topic', kind: 'choice' },
    { name: 'trimester', kind: 'choice' },
    { name: 'asked_for', kind: 'number' },
    { name: 'guided', kind: 'number' },
    { name: 'guided_share', kind: 'percent' },
  ],
  rows: topics,
  drawn: 'guided',
};

const SHARES = [
  { name: 'eligible', kind: 'number' },
  { name: 'covered', kind: 'number' },
  { name: 'coverage', kind: 'percent' },
] as const;

/** How many of those who were to be guided were. */
export const RATE: Report = {
  path: `${BASE}/rate`,
  fields: [...MONTHS, level('unit'), ...PLACE],
  columns: [...GROUPS, ...SHARES],
  rows: coverage,
  figures: SHARES,
  totals: COVERAGE_IN_ALL,
  drawn: 'coverage',
};
