import { type Report, monthsAgo } from '../../../records/index.ts';
import { claimedNotUploaded, missing, uploadedNotClaimed } from '../store/lists.ts';

const BASE = 'maternal/antenatal-education';
const RECORDS = `${BASE}/records/search`;
const YEAR_MS = 365 * 86_400_000;
const yearAgo = (today: string): string => new Date(Date.parse(today) - YEAR_MS).toISOString().slice(0, 10);

const WHO = [
  { name: 'person', kind: 'text' },
  { name: 'id_hint', kind: 'text' },
  { name: 'trimester', kind: 'choice' },
  { name: 'unit_name', kind: 'text' },
] as const;

/** Visits and claims without uploaded guidance (T06). */
export const MISSING: Report = {
  path: `${BASE}/records/missing`,
  fields: [
    { name: 'from', kind: 'day', fallback: yearAgo },
    { name: 'to', kind: 'day', fallback: (today) => today },
  ],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'visit_date', kind: 'day' },
    ...WHO,
    { name: 'missing_why', kind: 'choice' },
    { name: 'entry', kind: 'entry', path: RECORDS },
  ],
  rows: missing,
};

/** Claims of a month without uploaded guidance. */
export const CLAIMED_NOT_UPLOADED: Report = {
  path: `${BASE}/reconciliation/claimed-not-uploaded`,
  fields: [{ name: 'month', kind: 'month', fallback: monthsAgo(0) }],
  columns: [
    { name: 'record', kind: 'record' },
    { name: 'visit_date', kind: 'day' },
    ...WHO,
    { name: 'entry', kind: 'entry', path: RECORDS },
  ],
  rows: claimedNotUploaded,
};

/** Uploaded guidance of a month without a claim. */
export const UPLOADED_NOT_CLAIMED: Report = {
  path: `${BASE}/reconciliation/uploaded-not-claimed`,
  fields: [{ name: 'month', kind: 'month', fallback: monthsAgo(0) }],
  columns: [{ name: 'record', kind: 'record' }, { name: 'service_date', kind: 'day' }, ...WHO],
  rows: uploadedNotClaimed,
};
