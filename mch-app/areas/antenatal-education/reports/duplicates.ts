import { type Report, monthsAgo } from '../../../records/index.ts';
import { claimedTwice, decide } from '../store/duplicates.ts';

const fields: Report['fields'] = [
  { name: 'from', kind: 'day', fallback: (today) => `${monthsAgo(2)(today)}-01` },
  { name: 'to', kind: 'day', fallback: (today) => today },
  { name: 'county', kind: 'county' },
  { name: 'town', kind: 'town' },
  { name: 'unit', kind: 'unit' },
];
const WHO = [
  { name: 'record', kind: 'record' },
  { name: 'visit_date', kind: 'day' },
  { name: 'person', kind: 'text' },
  { name: 'id_hint', kind: 'text' },
  { name: 'trimester', kind: 'choice' },
  { name: 'unit_name', kind: 'text' },
] as const;
const DECISION = [
  { name: 'duplicate_decision', kind: 'choice' },
  { name: 'duplicate_reason', kind: 'text' },
] as const;
const decision: NonNullable<Report['decision']> = {
  column: 'duplicate_decision',
  options: ['keep', 'remove'],
  write: decide,
};

/** Guidance one unit has claimed twice (M-13). */
export const SAME_UNIT: Report = {
  path: 'maternal/antenatal-education/reconciliation/dup-same-unit',
  fields,
  columns: [...WHO, { name: 'claims', kind: 'number' }, ...DECISION],
  rows: claimedTwice('unit'),
  decision,
};

/** Guidance several units have claimed. */
export const CROSS_UNIT: Report = {
  path: 'maternal/antenatal-education/reconciliation/dup-cross-unit',
  fields,
  columns: [...WHO, { name: 'claims', kind: 'number' }, { name: 'units', kind: 'number' }, ...DECISION],
  rows: claimedTwice('units'),
  decision,
};
