import { type Area, area as longText, day, defineRecord, needed, stillToCome } from '#mch/records/index.ts';
import labels from './labels.json' with { type: 'json' };

const NOTE = defineRecord({
  key: 'milk-note',
  path: 'child/milk-bank/notes',
  subject: 'child',
  fields: { given_on: needed(day()), remark: longText(200) },
  serviceDay: 'given_on',
  list: ['remark'],
  rules: (values, { today }) => stillToCome(values, today, 'given_on'),
});

/** An area that is no area of this system: all it needs stands in this folder. */
export const milkBank: Area = {
  path: 'child/milk-bank',
  labels,
  functions: { notes: {} },
  grants: {
    mi_nbs_collect: [{ path: 'child/milk-bank', rights: ['R', 'C', 'S', 'X'] }],
    hb_nbs: [{ path: 'child/milk-bank', rights: ['R', 'X'] }],
  },
  kinds: [NOTE],
  schema: {
    '0001':
      'create table milk_note (record_id uuid primary key references record on delete cascade, given_on date, remark text)',
  },
  reports: [],
  todos: [],
};
