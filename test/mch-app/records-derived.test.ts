import { Form } from '#kit/http/form.ts';
import { daysBetween, defineRecord, derived, needed, whole, day } from '#mch/records/index.ts';
import { parseFields } from '#mch/records/parse.ts';

const CHECK = defineRecord({
  key: 'example-check',
  path: 'child/example/checks',
  subject: 'child',
  fields: {
    checked_on: needed(day()),
    age_days: derived(whole(0, 3000), ({ checked_on: on }, subject) =>
      subject && typeof on === 'string' ? daysBetween(subject.birthDate, on) : null,
    ),
  },
  serviceDay: 'checked_on',
  list: ['age_days'],
});
const formOf = (typed: Record<string, string>) => new Form(new URLSearchParams(typed));
const SUBJECT = { birthDate: '2026-11-01', birthAt: undefined, sex: 'female' };

describe('what is worked out', () => {
  it('follows from the other fields and whom the record is about, whatever was typed for it', () => {
    const parsed = parseFields(CHECK, formOf({ checked_on: '2026-11-22', age_days: '900' }), true, SUBJECT);
    expect(parsed.values).toEqual({ checked_on: '2026-11-22', age_days: 21 });
    expect(parsed.typed['age_days']).toBe('21');
  });

  it('is empty while that is not known', () => {
    expect(parseFields(CHECK, formOf({ checked_on: '2026-11-22' }), false).values['age_days']).toBeNull();
    expect(parseFields(CHECK, formOf({}), false, SUBJECT).values['age_days']).toBeNull();
  });
});
