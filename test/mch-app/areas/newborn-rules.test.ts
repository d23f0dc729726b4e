import { newbornScreening } from '#mch/areas/newborn-screening/index.ts';
import type { Facts, RecordKind, Values } from '#mch/records/index.ts';

const kind = (key: string): RecordKind => {
  const found = newbornScreening.kinds.find((one) => one.key === key);
  if (!found) throw new Error(key);
  return found;
};
const NOW = new Date('2026-03-10T12:00:00+08:00');
const BORN = new Date('2026-03-01T08:00:00+08:00');
const facts = (more: Partial<Facts> = {}): Facts => ({
  today: '2026-03-10',
  now: NOW,
  subject: { birthDate: '2026-03-01', birthAt: BORN, sex: 'female' },
  parent: {},
  known: {},
  ...more,
});
const judged = (key: string, values: Values, more?: Partial<Facts>): string[] =>
  kind(key)
    .rules(values, facts(more))
    .map(({ level, field, key: what }) => `${level} ${field} ${what}`);

const hours = (after: number): Date => new Date(BORN.getTime() + after * 3_600_000);
const SPECIMEN = {
  filter_card_no: 'ABCD1234',
  seq: 1,
  collected_at: hours(60),
  mailed_date: '2026-03-04',
  consent: true,
  subsidy_type: 'general',
};

describe('rules of newborn screening', () => {
  it('§2.10.10 births: the first feed is not before the birth and not still to come', () => {
    expect(judged('nbs-birth', { feeding_start: BORN })).toEqual([]);
    expect(judged('nbs-birth', { feeding_start: hours(-0.1) })).toEqual(['error feeding_start before']);
    expect(judged('nbs-birth', { feeding_start: new Date(NOW.getTime() + 60_000) })).toEqual([
      'error feeding_start future',
    ]);
  });

  it('S8: a specimen is taken from 24 hours on, usually from 48, subsidised up to 30 days', () => {
    const of = (after: number, subsidy = 'general'): string[] =>
      judged(
        'nbs-specimen',
        { ...SPECIMEN, collected_at: hours(after), mailed_date: null, subsidy_type: subsidy },
        { now: hours(1000), today: '2026-04-20' },
      );
    expect(of(23.99)).toEqual(['error collected_at nbs_too_early']);
    expect(of(24)).toEqual(['warning collected_at nbs_early']);
    expect(of(47.99)).toEqual(['warning collected_at nbs_early']);
    expect(of(48)).toEqual([]);
    expect(of(720)).toEqual([]);
    expect(of(720.02)).toEqual(['error subsidy_type nbs_late']);
    expect(of(720.02, 'none')).toEqual([]);
  });

  it('§2.10.10 specimens: consent, days in order, a living child, cards and numbers that fit', () => {
    const of = (values: Values, more?: Partial<Facts>) =>
      judged('nbs-specimen', { ...SPECIMEN, ...values }, more);
    expect(of({})).toEqual([]);
    expect(of({ consent: false })).toEqual(['error consent nbs_consent']);
    expect(of({ mailed_date: '2026-03-02' })).toEqual(['error mailed_date before']);
    expect(of({ mailed_date: '2026-03-11' })).toEqual(['error mailed_date future']);
    expect(of({ collected_at: new Date(NOW.getTime() + 60_000), mailed_date: null })).toEqual([
      'error collected_at future',
    ]);
    expect(of({}, { parent: { not_screened_reason: 'died' } })).toEqual(['error  nbs_died']);
    expect(of({}, { known: { card_taken: true } })).toEqual(['error filter_card_no nbs_card']);
    expect(of({ seq: 2 }, { known: { has_previous: false } })).toEqual(['error seq nbs_seq']);
    expect(of({ seq: 2 }, { known: { has_previous: true } })).toEqual([]);
    expect(of({}, { known: { is_subsidised: true } })).toEqual(['warning subsidy_type nbs_subsidised']);
    expect(of({ subsidy_type: 'none' }, { known: { is_subsidised: true } })).toEqual([]);
  });

  it('S8: 550 in all: 200 of the government and 350 of the family; waived for low income and areas short of resources', () => {
    const own = kind('nbs-specimen').parts.at(-1)?.fields ?? {};
    const shares = ['general', 'low_income', 'shortage_area', 'none'].map((type) =>
      ['subsidy_amount', 'family_amount'].map((name) =>
        own[name]?.derived?.({ subsidy_type: type }, undefined),
      ),
    );
    expect(shares).toEqual([
      [200, 350],
      [550, 0],
      [550, 0],
      [0, 550],
    ]);
  });

  const flagged = (...flags: [number, string][]): Record<string, string> => ({
    ...Object.fromEntries(Array.from({ length: 21 }, (_, item) => [`items.${item}.item_flag`, 'normal'])),
    ...Object.fromEntries(flags.map(([item, flag]) => [`items.${item}.item_flag`, flag])),
  });
  const FINDING = {
    received_date: '2026-03-05',
    condition: 'fit',
    overall: 'normal',
    report_date: '2026-03-08',
    notified_at: null,
    notify_mode: null,
  };
  const TAKEN = { parent: { collected_at: hours(60) } };
  const found = (values: Values, more: Partial<Facts> = TAKEN) =>
    judged('nbs-lab', { ...FINDING, ...values }, more);

  it('§4.8: a fit specimen is judged in all 21 items, one taken before October 2019 in the first eleven', () => {
    expect(found(flagged())).toEqual([]);
    const { 'items.20.item_flag': _, ...twenty } = flagged();
    expect(found(twenty)).toEqual(['error items.20.item_flag needed']);
    expect(found({})).toHaveLength(21);
    const at11 = (taken: string) => ({ parent: { collected_at: new Date(taken) } });
    const eleven = Object.fromEntries(Object.entries(flagged()).slice(0, 11));
    expect(found(eleven, at11('2019-09-30T23:59:00+08:00'))).toEqual([]);
    expect(found(eleven, at11('2019-10-01T00:00:00+08:00'))).toHaveLength(10);
    expect(found({ condition: 'expired', overall: 'unfit' })).toEqual([]);
  });

  it('§2.10.10 lab: what is concluded follows from the specimen and its items', () => {
    expect(found({ condition: 'contaminated' })).toEqual(['error overall nbs_unfit']);
    expect(found({ ...flagged(), overall: 'unfit' })).toEqual(['error overall nbs_fit']);
    expect(found({ ...flagged([2, 'positive']), overall: 'repeat' })).toEqual(['error overall nbs_positive']);
    expect(found({ ...flagged([2, 'suspected']), overall: 'normal' })).toEqual([
      'error overall nbs_suspected',
    ]);
    expect(found({ ...flagged([2, 'suspected']), overall: 'repeat' })).toEqual([]);
    expect(found({ ...flagged(), overall: 'repeat' })).toEqual(['warning overall nbs_all_normal']);
  });

  it('§2.10.10 lab: whoever must be confirmed, the hospital has been told of, when and how', () => {
    const confirm = { ...flagged([2, 'positive']), overall: 'confirm' };
    expect(found(confirm)).toEqual(['error notified_at needed', 'error notify_mode needed']);
    const told = new Date('2026-03-08T09:00:00+08:00');
    expect(found({ ...confirm, notified_at: told })).toEqual(['error notify_mode needed']);
    expect(found({ ...confirm, notified_at: told, notify_mode: 'phone' })).toEqual([]);
    expect(found({ ...confirm, notified_at: hours(1), notify_mode: 'phone' })).toEqual([
      'error notified_at before',
    ]);
    expect(found({ ...flagged(), notify_mode: 'post' })).toEqual(['error notified_at needed']);
  });

  it('§2.10.10 lab: received after it was taken, reported after it was received, neither still to come', () => {
    expect(found({ ...flagged(), received_date: '2026-03-02' })).toEqual(['error received_date before']);
    expect(found({ ...flagged(), received_date: '2026-03-03' })).toEqual([]);
    expect(found({ ...flagged(), report_date: '2026-03-04' })).toEqual(['error report_date before']);
    expect(found({ ...flagged(), report_date: '2026-03-10' })).toEqual([]);
    expect(found({ ...flagged(), report_date: '2026-03-11' })).toEqual(['error report_date future']);
  });

  it('§2.10.10 repeat: after the report, of what is not normal, with the card of the child’s next specimen', () => {
    const of = (values: Values, overall = 'repeat', known = {}) =>
      judged(
        'nbs-repeat',
        { recall_date: '2026-03-09', ...values },
        { parent: { overall, report_date: '2026-03-08' }, known },
      );
    expect(of({})).toEqual([]);
    expect(of({ recall_date: '2026-03-07' })).toEqual(['error recall_date before']);
    expect(of({ recall_date: '2026-03-08' })).toEqual([]);
    expect(of({}, 'normal')).toEqual(['error  nbs_no_repeat']);
    expect(of({ next_card_no: 'ABCD1235' }, 'unfit', { is_next: false })).toEqual([
      'error next_card_no nbs_next',
    ]);
    expect(of({ next_card_no: 'ABCD1235' }, 'unfit', { is_next: true })).toEqual([]);
    const due = kind('nbs-repeat').parts.at(-1)?.fields['due_on']?.derived;
    expect(due?.({ recall_date: '2026-02-25' }, undefined)).toBe('2026-03-04');
  });

  it('§2.10.10 diagnosis: of what must be confirmed, after the referral; a confirmed one names its disease', () => {
    const parent = { overall: 'confirm', report_date: '2026-03-08' };
    expect(judged('nbs-referral', { refer_date: '2026-03-08' }, { parent })).toEqual([]);
    expect(judged('nbs-referral', { refer_date: '2026-03-07' }, { parent })).toEqual([
      'error refer_date before',
    ]);
    expect(
      judged('nbs-referral', { refer_date: '2026-03-09' }, { parent: { ...parent, overall: 'repeat' } }),
    ).toEqual(['error  nbs_not_confirm']);
    expect(
      judged('nbs-referral', { refer_date: '2026-03-08' }, { parent, known: { is_referred: true } }),
    ).toEqual(['warning  nbs_referred']);
    const of = (values: Values) =>
      judged(
        'nbs-diagnosis',
        { diagnosis: 'confirmed', diag_date: '2026-03-09', disease: 'pku', icd10: 'E70.0', ...values },
        { parent: { refer_date: '2026-03-09' } },
      );
    expect(of({})).toEqual([]);
    expect(of({ diag_date: '2026-03-08' })).toEqual(['error diag_date before']);
    expect(of({ treatment_start: '2026-02-28' })).toEqual(['error treatment_start before']);
    expect(of({ treatment_start: '2026-03-01' })).toEqual([]);
    expect(of({ disease: null, icd10: null })).toEqual(['error disease needed', 'error icd10 needed']);
    expect(of({ diagnosis: 'excluded', disease: null, icd10: null })).toEqual([]);
  });
});
