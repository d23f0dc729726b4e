import type { IDENTITY_FIELDS } from './identity.ts';
import type { Field } from './types.ts';

const plain = (of: Partial<Field> & Pick<Field, 'kind'>): Field => ({
  required: true,
  options: [],
  min: 0,
  max: 50,
  pattern: undefined,
  when: undefined,
  derived: undefined,
  given: false,
  sensitive: false,
  ...of,
});
const NUMBER = {
  kind: 'text',
  max: 12,
  when: { field: 'id_type', is: ['national_id', 'resident_permit', 'passport'] },
} as const;

/** The fields of `identity.ts` as they are asked. */
export const WHO: Record<string, Field> &
  Record<(typeof IDENTITY_FIELDS)['mother' | 'child'][number], Field> = {
  id_type: plain({ kind: 'choice', options: ['national_id', 'resident_permit', 'passport', 'none'] }),
  id_no: plain(NUMBER),
  name: plain({ kind: 'text' }),
  birth_date: plain({ kind: 'day' }),
  birth_at: plain({ kind: 'moment' }),
  birth_order: plain({ kind: 'whole', min: 1, max: 5 }),
  sex: plain({ kind: 'choice', options: ['male', 'female', 'unknown'] }),
  mother_id_no: plain({ kind: 'text', max: 12 }),
  mother_name: plain({ kind: 'text' }),
};
