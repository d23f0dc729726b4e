import type { Report } from '../../../records/index.ts';
import { irregular, irregularShare } from '../store/irregular.ts';

const PREGNANCY_MS = 280 * 86_400_000;

/** Women who miss their checks (M-14). */
export const IRREGULAR: Report = {
  path: 'maternal/antenatal-education/reconciliation/irregular-visits',
  fields: [
    {
      name: 'from',
      kind: 'day',
      fallback: (today) => new Date(Date.parse(today) - PREGNANCY_MS).toISOString().slice(0, 10),
    },
    { name: 'to', kind: 'day', fallback: (today) => today },
    { name: 'weeks', kind: 'choice', options: ['4', '5', '6', '8', '10', '12'], fallback: () => '6' },
  ],
  figures: [
    { name: 'irregular_rate', kind: 'percent' },
    { name: 'irregular_women', kind: 'number' },
    { name: 'all_women', kind: 'number' },
  ],
  sums: irregularShare,
  columns: [
    { name: 'person', kind: 'text' },
    { name: 'id_hint', kind: 'text' },
    { name: 'last_visit', kind: 'day' },
    { name: 'weeks_since', kind: 'number' },
    { name: 'longest_gap', kind: 'number' },
    { name: 'visits', kind: 'text' },
    { name: 'unit_name', kind: 'text' },
  ],
  rows: irregular,
};
