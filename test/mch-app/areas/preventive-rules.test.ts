import { DEVELOPMENT } from '#mch/areas/preventive-care/development.ts';
import { DIAGNOSIS } from '#mch/areas/preventive-care/diagnoses.ts';
import { EXAM } from '#mch/areas/preventive-care/exams.ts';
import { REFERRAL } from '#mch/areas/preventive-care/referrals.ts';
import { TRACKING } from '#mch/areas/preventive-care/tracking.ts';
import type { Facts, RecordKind, Values } from '#mch/records/index.ts';
import { parseFields } from '#mch/records/parse.ts';
import { Form } from '#kit/http/form.ts';

const NOW = new Date('2026-11-22T04:00:00Z');
const BORN = { birthDate: '2026-01-05', birthAt: undefined, sex: 'female' };

/** What the rules of a kind find, as `field key`. */
function found(kind: RecordKind, values: Values, parent?: Values): string[] {
  const all = Object.fromEntries(
    kind.parts.flatMap(({ fields }) => Object.keys(fields).map((name) => [name, null])),
  );
  const facts: Facts = { today: '2026-11-22', now: NOW, subject: BORN, parent, known: {} };
  return kind.rules({ ...all, ...values }, facts).map(({ field, key }) => `${field} ${key}`);
}
/** Which fields of a form cannot be read, or are missing. */
const faults = (kind: RecordKind, typed: Record<string, string>): string[] =>
  parseFields(kind, new Form(new URLSearchParams(typed)), true, BORN).findings.map(({ field }) => field);

describe('rules of the preventive care of children', () => {
  it('hold a visit and a screening to the age they are for, both sides of each bound', () => {
    const visit = (no: string, on: string) => found(EXAM, { visit_no: no, exam_date: on });
    expect(visit('1', '2026-03-04')).toEqual([]);
    expect(visit('1', '2026-03-05')).toEqual(['visit_no window']);
    expect(visit('2', '2026-03-05')).toEqual([]);
    expect(visit('1', '2026-01-04')).toEqual(['exam_date before_birth']);
    expect(visit('1', '2026-01-05')).toEqual([]);
    const screening = (no: string, on: string) => found(DEVELOPMENT, { screen_no: no, screen_date: on });
    expect(screening('1', '2026-07-04')).toEqual(['screen_date no_window']);
    expect(screening('1', '2026-07-05')).toEqual([]);
    expect(screening('1', '2026-11-05')).toEqual(['screen_no window']);
    expect(screening('2', '2026-11-05')).toEqual([]);
  });

  it('hold what was measured to its bounds', () => {
    const bounds = [
      ['height', '30', '150', '29.99', '150.01'],
      ['weight', '1', '80', '0.99', '80.01'],
      ['head_circ', '25', '60', '24.99', '60.01'],
    ] as const;
    for (const [field, least, most, less, more] of bounds) {
      for (const value of [least, most]) expect(faults(EXAM, { [field]: value })).not.toContain(field);
      for (const value of [less, more]) expect(faults(EXAM, { [field]: value })).toContain(field);
    }
    for (const value of ['0', '100'])
      expect(faults(DEVELOPMENT, { score_fine: value })).not.toContain('score_fine');
    for (const value of ['-1', '101'])
      expect(faults(DEVELOPMENT, { score_fine: value })).toContain('score_fine');
  });

  it('work out what is abnormal, and ask for advice on it', () => {
    const typed = {
      exam_date: '2026-02-05',
      visit_no: '1',
      sys_heart: 'abnormal',
      dev_fine: 'abnormal',
      sys_lung: 'normal',
    };
    const { values } = parseFields(EXAM, new Form(new URLSearchParams(typed)), true, BORN);
    expect([values['abnormal'], values['abnormal_systems']]).toEqual([true, ['heart', 'development']]);
    expect(found(EXAM, values)).toEqual(['advice no_advice']);
    expect(found(EXAM, { ...values, advice: '轉介' })).toEqual([]);
    const { values: well } = parseFields(
      EXAM,
      new Form(new URLSearchParams({ sys_lung: 'normal' })),
      true,
      BORN,
    );
    expect([well['abnormal'], well['abnormal_systems']]).toEqual([false, null]);
  });

  it('refuse referrals without consent or a suspicion, before the visit, or still to come', () => {
    const good = { refer_date: '2026-11-20', suspected: ['heart'], guardian_consent: true };
    const visit = { exam_date: '2026-11-20' };
    expect(found(REFERRAL, good, visit)).toEqual([]);
    expect(found(REFERRAL, { ...good, refer_date: '2026-11-19' }, visit)).toEqual(['refer_date before']);
    expect(found(REFERRAL, good, { screen_date: '2026-11-21' })).toEqual(['refer_date before']);
    expect(found(REFERRAL, { ...good, refer_date: '2026-11-23' }, visit)).toEqual(['refer_date future']);
    expect(found(REFERRAL, { ...good, guardian_consent: false }, visit)).toEqual([
      'guardian_consent no_consent',
    ]);
    expect(found(REFERRAL, { ...good, suspected: null }, visit)).toEqual(['suspected no_suspicion']);
    expect(found(REFERRAL, { ...good, suspected: null, suspected_icd: 'Q21.0' }, visit)).toEqual([]);
  });

  it('need the place a referral goes to, the one its choice names', () => {
    const to = (destination: string, more: Record<string, string> = {}) =>
      faults(REFERRAL, { destination, ...more });
    expect(to('hospital')).toContain('to_unit');
    expect(to('hospital', { to_unit: '1132010024' })).not.toContain('to_unit');
    expect(to('hospital')).not.toContain('to_centre');
    expect(to('centre')).toContain('to_centre');
    const { values } = parseFields(
      REFERRAL,
      new Form(
        new URLSearchParams({ destination: 'centre', to_centre: '0401180014', reason_category: 'major' }),
      ),
      true,
    );
    expect([values['referred_to'], values['is_major']]).toEqual(['0401180014', true]);
  });

  it.each([
    ['Q21.0', true],
    ['F80.9, F82', true],
    ['H90A11', true],
    ['U07.1', false],
    ['21.0', false],
    ['Q21.0;F82', false],
  ])('read %s as codes of ICD-10-CM: %s', (typed, isGood) => {
    expect(faults(REFERRAL, { suspected_icd: typed }).includes('suspected_icd')).toBe(!isGood);
  });

  it('need a code where a diagnosis is confirmed, and days in their order', () => {
    expect(faults(DIAGNOSIS, { diagnosis_result: 'confirmed' })).toContain('diagnosis');
    expect(faults(DIAGNOSIS, { diagnosis_result: 'excluded' })).not.toContain('diagnosis');
    expect(faults(DIAGNOSIS, { reported_to: 'social_bureau' })).toContain('reported_on');
    expect(faults(DIAGNOSIS, { reported_to: 'not_required' })).not.toContain('reported_on');
    const referral = { refer_date: '2026-11-20' };
    expect(found(DIAGNOSIS, { visit_date: '2026-11-20' }, referral)).toEqual([]);
    expect(found(DIAGNOSIS, { visit_date: '2026-11-19' }, referral)).toEqual(['visit_date before']);
    expect(found(DIAGNOSIS, { visit_date: '2026-11-21', reported_on: '2026-11-20' }, referral)).toEqual([
      'reported_on before',
    ]);
  });

  it('follow a child up after it was sent on, the next time after this one', () => {
    const track = (on: string, next: string | null = null) =>
      found(TRACKING, { track_date: on, next_date: next }, { refer_date: '2026-11-20' });
    expect(track('2026-11-20')).toEqual([]);
    expect(track('2026-11-19')).toEqual(['track_date before']);
    expect(track('2026-11-23')).toEqual(['track_date future']);
    expect(track('2026-11-22', '2026-11-22')).toEqual(['next_date next_not_after']);
    expect(track('2026-11-22', '2026-11-23')).toEqual([]);
  });
});
