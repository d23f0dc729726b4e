import { ASSESSMENT } from '#mch/areas/high-risk/kinds/assessment.ts';
import { CONTACT } from '#mch/areas/high-risk/kinds/contact.ts';
import { DELIVERY, NEWBORN } from '#mch/areas/high-risk/kinds/delivery.ts';
import { INTAKE } from '#mch/areas/high-risk/kinds/intake.ts';
import { PLAN } from '#mch/areas/high-risk/kinds/plan.ts';
import { POSTPARTUM } from '#mch/areas/high-risk/kinds/postpartum.ts';
import { REPLY } from '#mch/areas/high-risk/kinds/referral.ts';
import { SETTLEMENT } from '#mch/areas/high-risk/kinds/settlement.ts';
import { TRANSFER } from '#mch/areas/high-risk/kinds/transfer.ts';
import { handOverRefusal, refusalOf } from '#mch/areas/high-risk/policy.ts';
import type { Facts, RecordKind, Values } from '#mch/records/index.ts';

const TODAY = '2026-11-22';
const told = (kind: RecordKind, values: Values, facts: Partial<Facts> = {}): string[] =>
  kind
    .rules(values, {
      today: TODAY,
      now: new Date(),
      subject: undefined,
      parent: undefined,
      known: {},
      ...facts,
    })
    .map(({ field, key, level }) => `${field}:${key}${level === 'warning' ? '?' : ''}`);

describe('intake', () => {
  const born = (birthDate: string) => ({ subject: { birthDate, birthAt: undefined, sex: 'female' } });
  const usual: Values = {
    intake_date: TODAY,
    consent_date: TODAY,
    consent: true,
    enrolled: true,
    served: 'mother',
    mobile: '0912345678',
    phone: null,
    criteria: ['smoking'],
    identity: null,
    education: 'university',
    fetus_count: 1,
    residence_town: '10017020',
    household_town: null,
  };
  const with_ = (more: Values, birthDate = '1995-05-05') =>
    told(INTAKE, { ...usual, ...more }, born(birthDate));

  it('needs consent, of that day or before', () => {
    expect(with_({})).toEqual([]);
    expect(with_({ consent: false })).toEqual(['consent:hr_consent']);
    expect(with_({ intake_date: '2026-11-21', consent_date: '2026-11-21' })).toEqual([]);
    expect(with_({ intake_date: '2026-11-21', consent_date: TODAY })).toEqual([
      'consent_date:hr_consent_late?',
    ]);
    expect(with_({ intake_date: '2026-11-23', consent_date: TODAY })).toEqual(['intake_date:future']);
  });

  it('takes twins or more from two on', () => {
    expect(with_({ criteria: ['multiple'], fetus_count: 2 })).toEqual([]);
    expect(with_({ criteria: ['multiple'], fetus_count: 1 })).toEqual(['fetus_count:hr_multiple']);
    expect(with_({ criteria: ['multiple'], fetus_count: null })).toEqual(['fetus_count:hr_multiple']);
  });

  it.each(['hypertension', 'diabetes'])('takes %s only with little schooling or by origin', (criterion) => {
    const criteria = [criterion];
    expect(with_({ criteria, education: 'senior_high' })).toEqual([]);
    expect(with_({ criteria, education: 'college' })).toEqual(['criteria:hr_vulnerable']);
    expect(with_({ criteria, education: 'college', identity: ['indigenous'] })).toEqual([]);
    expect(with_({ criteria, education: 'college', identity: ['immigrant'] })).toEqual([]);
    expect(with_({ criteria, education: 'college', identity: ['disabled'] })).toEqual([
      'criteria:hr_vulnerable',
    ]);
  });

  it('counts years to the day she turns 20', () => {
    const criteria = ['under_20'];
    expect(with_({ criteria }, '2006-11-23')).toEqual([]);
    expect(with_({ criteria }, '2006-11-22')).toEqual(['criteria:hr_under_20']);
    expect(with_({}, '2006-11-23')).toEqual(['criteria:hr_is_under_20?']);
    expect(with_({}, '2006-11-22')).toEqual([]);
  });

  it('asks again where income and townships do not fit', () => {
    expect(with_({ criteria: ['low_income'] })).toEqual(['identity:hr_low_income?']);
    expect(with_({ criteria: ['low_income'], identity: ['near_low_income'] })).toEqual([]);
    expect(with_({ criteria: ['remote'] })).toEqual(['residence_town:hr_remote?']);
    expect(with_({ criteria: ['remote'], household_town: '10014160' })).toEqual([]);
    expect(with_({ criteria: ['remote'], residence_town: '65000290' })).toEqual([]);
  });

  it('serves a newborn for the one criterion that is about newborns, and for it nobody else', () => {
    expect(with_({ served: 'newborn', criteria: ['no_antenatal'] })).toEqual([]);
    expect(with_({ served: 'newborn' })).toEqual(['criteria:hr_newborn_criterion']);
    expect(with_({ criteria: ['no_antenatal'] })).toEqual(['served:hr_newborn']);
  });
});

describe('assessment', () => {
  const of = (values: Values, edc = '2027-02-07', parent: Values = {}) =>
    told(
      ASSESSMENT,
      { assess_date: TODAY, stage: 'first', epds: null, psychological: 'low', ...values },
      {
        known: { edc },
        parent,
      },
    );

  it('takes the third trimester from week 29 on', () => {
    // 280 days before the due date; 29 weeks are 203 days, so 77 days are left
    expect(of({ stage: 'third_trimester' }, '2027-02-07')).toEqual([]);
    expect(of({ stage: 'third_trimester' }, '2027-02-08')).toEqual(['stage:hr_third?']);
  });

  it('takes the time after birth from the delivery on', () => {
    expect(of({ stage: 'postpartum' }, undefined, { delivered_on: TODAY })).toEqual([]);
    expect(of({ stage: 'postpartum' }, undefined, { delivered_on: '2026-11-23' })).toEqual([
      'stage:hr_not_delivered?',
    ]);
    expect(of({ stage: 'postpartum' })).toEqual(['stage:hr_not_delivered?']);
  });

  it('asks again for a score of 13 where no high risk is told', () => {
    expect(of({ epds: 12 })).toEqual([]);
    expect(of({ epds: 13 })).toEqual(['psychological:hr_epds?']);
    expect(of({ epds: 13, psychological: 'high' })).toEqual([]);
  });

  it('takes the highest of the domains as the risk', () => {
    const risk = ASSESSMENT.parts.find(({ name }) => name === 'own')?.fields['risk_level']?.derived;
    expect(risk?.({ physical: 'low', housing: 'medium', substance: 'none' }, undefined)).toBe('medium');
    expect(risk?.({ physical: 'none', epds: 30 }, undefined)).toBe('none');
    expect(risk?.({}, undefined)).toBeNull();
  });
});

describe('plan', () => {
  const of = (contacts: number, visits: number, extended: boolean, more: Values = {}) =>
    told(
      PLAN,
      {
        plan_date: TODAY,
        planned_contacts: contacts,
        planned_visits: visits,
        'goals.0.problem': '血壓',
        ...more,
      },
      { parent: { extended } },
    );

  it('provides for at least what the programme sets, and more for those followed longer', () => {
    expect(of(12, 2, false)).toEqual([]);
    expect(of(11, 2, false)).toEqual(['planned_contacts:hr_least']);
    expect(of(12, 1, false)).toEqual(['planned_visits:hr_least']);
    expect(of(15, 3, true)).toEqual([]);
    expect(of(14, 3, true)).toEqual(['planned_contacts:hr_least']);
    expect(of(15, 2, true)).toEqual(['planned_visits:hr_least']);
  });

  it('has a goal, due from its own day on', () => {
    expect(of(12, 2, false, { 'goals.0.problem': null })).toEqual(['goals.0.problem:hr_no_goal']);
    expect(of(12, 2, false, { 'goals.1.problem': '貧血', 'goals.1.due_date': TODAY })).toEqual([]);
    expect(of(12, 2, false, { 'goals.1.problem': '貧血', 'goals.1.due_date': '2026-11-21' })).toEqual([
      'goals.1.due_date:before',
    ]);
  });
});

describe('contact', () => {
  const of = (values: Values, facts: Partial<Facts> = {}) =>
    told(CONTACT, { contact_date: TODAY, next_date: '2026-11-23', content: '本次電訪', ...values }, facts);

  it('names a next day, which is later', () => {
    expect(of({})).toEqual([]);
    expect(of({ next_date: TODAY })).toEqual(['next_date:hr_next']);
    expect(of({ next_date: null })).toEqual(['next_date:hr_no_next?']);
  });

  it('lies in the time of the case, and its pressures are apart', () => {
    expect(of({}, { parent: { opened_on: TODAY } })).toEqual([]);
    expect(of({}, { parent: { opened_on: '2026-11-23' } })).toEqual(['contact_date:before']);
    expect(of({ bp_sys: 120, bp_dia: 119 })).toEqual([]);
    expect(of({ bp_sys: 120, bp_dia: 120 })).toEqual(['bp_dia:hr_pressure']);
  });

  it('warns from nine tenths of another case’s text on', () => {
    const content = '今日到宅訪視孕婦表示胎動正常無不適感規則產檢';
    const twenty = content.slice(0, 20);
    const changed = (count: number): string => '甲乙丙丁'.slice(0, count) + twenty.slice(count);
    expect(of({ content: twenty }, { known: { alike: [changed(2)] } })).toEqual(['content:hr_alike?']);
    expect(of({ content: twenty }, { known: { alike: [changed(3)] } })).toEqual([]);
    expect(of({ content: twenty }, { known: { alike: [] } })).toEqual([]);
  });
});

describe('what comes after', () => {
  it('has replies from the day of the referral on', () => {
    const parent = { ref_date: '2026-11-20' };
    expect(told(REPLY, { reply_date: '2026-11-20' }, { parent })).toEqual([]);
    expect(told(REPLY, { reply_date: '2026-11-19' }, { parent })).toEqual(['reply_date:before']);
  });

  it('asks again where other children were born than expected, and takes no more than were born', () => {
    expect(told(DELIVERY, { delivery_date: TODAY, born_count: 2 }, { known: { fetus_count: 2 } })).toEqual(
      [],
    );
    expect(told(DELIVERY, { delivery_date: TODAY, born_count: 1 }, { known: { fetus_count: 2 } })).toEqual([
      'born_count:hr_born?',
    ]);
    const parent = { delivery_date: TODAY, born_count: 2 };
    const subject = { birthDate: TODAY, birthAt: undefined, sex: 'male' };
    expect(told(NEWBORN, {}, { parent, subject, known: { others: 1 } })).toEqual([]);
    expect(told(NEWBORN, {}, { parent, subject, known: { others: 2 } })).toEqual([':hr_too_many']);
    const before = (birthDate: string) => ({ ...subject, birthDate });
    expect(told(NEWBORN, {}, { parent, subject: before('2026-11-21'), known: {} })).toEqual([]);
    expect(told(NEWBORN, {}, { parent, subject: before('2026-11-20'), known: {} })).toEqual([
      'birth_at:hr_birth_day?',
    ]);
  });

  it('assesses after birth', () => {
    const parent = { delivered_on: '2026-11-20' };
    expect(told(POSTPARTUM, { assess_date: '2026-11-20' }, { parent })).toEqual([]);
    expect(told(POSTPARTUM, { assess_date: '2026-11-19' }, { parent })).toEqual(['assess_date:before']);
    expect(told(POSTPARTUM, { assess_date: TODAY }, { parent: {} })).toEqual(['assess_date:hr_no_delivery?']);
  });

  it('closes for a reason that holds', () => {
    const close = (
      values: Values,
      known = {},
      parent: Values = { limit_on: TODAY, opened_on: '2026-01-01' },
    ) =>
      told(TRANSFER, { handover: 'close', close_date: TODAY, outcome: null, ...values }, { known, parent });
    expect(close({ close_reason: 'completed' })).toEqual([]);
    expect(close({ close_reason: 'completed', close_date: '2026-11-21' })).toEqual([
      'close_reason:hr_not_due',
    ]);
    expect(close({ close_reason: 'completed' }, {}, {})).toEqual(['close_reason:hr_not_due']);
    expect(close({ close_reason: 'lost' }, { lost: 3 })).toEqual([]);
    expect(close({ close_reason: 'lost' }, { lost: 2 })).toEqual(['close_reason:hr_lost']);
    expect(close({ close_reason: 'other' })).toEqual(['outcome:needed']);
    expect(close({ close_reason: 'other', outcome: '已遷居國外' })).toEqual([]);
    expect(close({ close_reason: 'moved', close_date: '2025-12-31' })).toEqual(['close_date:before']);
  });

  it('settles months that have begun, and says what stays out', () => {
    const of = (month: string, known: Record<string, unknown>) =>
      told(SETTLEMENT, { month, month_start: `${month}-01` }, { known });
    expect(of('2026-11', { items: 1, undelivered: 0 })).toEqual([]);
    expect(of('2026-12', { items: 1 })).toEqual(['month:future']);
    expect(of('2026-11', { items: 0, undelivered: 0 })).toEqual(['month:hr_nothing']);
    expect(of('2026-11', { items: 3, undelivered: 2 })).toEqual(['month:hr_undelivered?']);
  });
});

describe('who may write in a case', () => {
  const open = { unitCode: 'A', status: 'open', county: '10017' } as const;
  const by = { unitCode: 'A', isStation: false };

  it('is the unit that manages it while it is open; of contacts the health station too', () => {
    expect(refusalOf(open, by, undefined, false)).toBeUndefined();
    expect(refusalOf(open, { ...by, unitCode: 'B' }, undefined, true)).toBe('hr_elsewhere');
    const station = { unitCode: 'S', isStation: true };
    expect(refusalOf(open, station, 'draft', true)).toBeUndefined();
    expect(refusalOf(open, station, 'draft', false)).toBe('hr_elsewhere');
    expect(refusalOf({ ...open, status: 'closed' }, by, undefined, false)).toBe('hr_closed');
    expect(refusalOf({ ...open, status: 'closed' }, by, 'submitted', false)).toBeUndefined();
    expect(refusalOf({ ...open, unitCode: 'B' }, by, 'returned', false)).toBeUndefined();
  });

  it('gives it away once, to another; a bureau assigns in its county and closes nothing', () => {
    const unit = { unitCode: 'A', isBureau: false, county: '10017' };
    const give = { isTransfer: true, toUnit: 'B', isOnlyOne: true };
    expect(handOverRefusal(open, unit, give)).toBeUndefined();
    expect(handOverRefusal(open, unit, { ...give, toUnit: 'A' })).toBe('hr_same_unit');
    expect(handOverRefusal(open, unit, { ...give, isOnlyOne: false })).toBe('hr_transferring');
    expect(handOverRefusal({ ...open, status: 'transferring' }, unit, give)).toBe('hr_transferring');
    expect(handOverRefusal({ ...open, status: 'closed' }, unit, give)).toBe('hr_closed');
    expect(handOverRefusal({ ...open, unitCode: 'C' }, unit, give)).toBe('hr_elsewhere');
    const bureau = { unitCode: 'HB', isBureau: true, county: '10017' };
    expect(handOverRefusal(open, bureau, give)).toBeUndefined();
    expect(handOverRefusal(open, bureau, { ...give, isTransfer: false })).toBe('hr_bureau');
    expect(handOverRefusal({ ...open, county: '63000' }, bureau, give)).toBe('hr_elsewhere');
  });
});
