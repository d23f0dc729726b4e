import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import type { RecordKind } from '#mch/records/index.ts';
import { later, today } from './people.ts';

/** What a form of a kind may say, from its definition: something for every field, whole enough to be submitted. */
export function exampleForm(kind: RecordKind, serial: number): Record<string, string> {
  const form: Record<string, string> = {};
  for (const { fields } of kind.parts) {
    for (const [name, field] of Object.entries(fields)) {
      if (!field.derived && !field.given && !field.when) form[name] = exampleValue(name, field);
    }
  }
  const who = kind.subject === 'parent' ? {} : kind.subject === 'mother' ? mother(serial) : child(serial);
  return { ...form, ...who };
}

type Field = RecordKind['parts'][number]['fields'][string];

function exampleValue(name: string, field: Field): string {
  switch (field.kind) {
    case 'choice':
    case 'flags':
      return field.options[0] ?? '';
    case 'yes-no':
      return 'no';
    case 'whole':
    case 'decimal':
      return String(field.min === 0 ? 1 : Math.ceil(field.min));
    case 'weeks':
      return '36.1';
    case 'day':
      return name === 'edc' ? later(28) : name === 'lmp' ? later(-252) : today;
    case 'moment':
      return `${later(-1)}T08:00`;
    case 'unit':
      return '1132010024';
    case 'town':
      return '10017020';
    case 'area':
    case 'text':
      return EXAMPLES.find((text) => text.length <= field.max && (field.pattern?.test(text) ?? true)) ?? '';
  }
}

const EXAMPLES = ['測試內容', 'TW', '0912-345678', '02-55500100', 'ABCD1234', 'P07.3', '1'];

const mother = (serial: number) => ({
  id_type: 'national_id',
  id_no: syntheticNationalId('C', 2, serial),
  name: `範例孕婦${serial}`,
  birth_date: '1995-05-05',
});
const child = (serial: number) => ({
  id_type: 'none',
  name: '',
  sex: 'female',
  birth_at: `${later(-30)}T08:00`,
  birth_order: '1',
  mother_id_no: syntheticNationalId('C', 2, serial),
  mother_name: `範例母親${serial}`,
});
