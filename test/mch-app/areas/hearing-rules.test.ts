import { DIAGNOSIS } from '#mch/areas/hearing/diagnosis.ts';
import { daysAfter, monthsAfter, overallOf } from '#mch/areas/hearing/policy.ts';
import { SCREENING } from '#mch/areas/hearing/screening.ts';
import { TRACKING } from '#mch/areas/hearing/tracking.ts';
import type { Facts, RecordKind, Values } from '#mch/records/index.ts';

const BORN = new Date('2026-08-20T08:00:00+08:00');
const NOW = new Date('2026-11-21T09:00:00+08:00');
const at = (text: string): Date => new Date(`${text}+08:00`);

const facts = (parent?: Values): Facts => ({
  today: '2026-11-21',
  now: NOW,
  subject: { birthDate: '2026-08-20', birthAt: BORN, sex: 'female' },
  parent,
  known: {},
});

/** Every field empty, then what is said. */
function say(kind: RecordKind, said: Values): Values {
  const names = kind.parts.flatMap(({ fields }) => Object.keys(fields));
  return { ...Object.fromEntries(names.map((name) => [name, null])), ...said };
}
const found = (kind: RecordKind, said: Values, parent?: Values): string[] =>
  kind
    .rules(say(kind, said), facts(parent))
    .map(({ field, level, key }) => `${level} ${field === '' ? 'form' : field} ${key}`);

const PASSED = {
  stage: 'first',
  screened_at: at('2026-08-21T20:00'),
  method: 'aabr',
  right_ear: 'pass',
  left_ear: 'pass',
};
const screening = (said: Values = {}): string[] => found(SCREENING, { ...PASSED, ...said });

describe('child/hearing screening', () => {
  it('2.10.11: takes its result from both ears', () => {
    const of = (right_ear: string | null, left_ear: string | null) => overallOf({ right_ear, left_ear });
    expect([of('pass', 'pass'), of('fail', 'pass'), of('pass', 'fail'), of('fail', 'untested')]).toEqual([
      'pass',
      'fail',
      'fail',
      'fail',
    ]);
    expect([of('untested', 'pass'), of('untested', 'untested'), of(null, null)]).toEqual([
      'incomplete',
      'incomplete',
      null,
    ]);
  });

  it('2.10.11: is looked at again before 24 hours of age, not at 24', () => {
    expect(screening({ screened_at: at('2026-08-21T07:59') })).toEqual(['warning screened_at hearing_early']);
    expect(screening({ screened_at: at('2026-08-21T08:00') })).toEqual([]);
  });

  it('2.10.11: lies between birth and now', () => {
    expect(screening({ screened_at: at('2026-08-20T07:59') })).toEqual(['error screened_at before']);
    expect(screening({ screened_at: at('2026-11-21T09:01') })).toEqual(['error screened_at future']);
    expect(screening({ screened_at: NOW })).toEqual([]);
  });

  it('2.10.11: is made again from 36 hours to a month of age, or looked at again', () => {
    const again = (time: string) => screening({ stage: 'repeat', screened_at: at(time) });
    expect(again('2026-08-21T19:59')).toEqual(['warning screened_at hearing_repeat_time']);
    expect(again('2026-08-21T20:00')).toEqual([]);
    expect(again('2026-09-20T23:00')).toEqual([]);
    expect(again('2026-09-21T00:00')).toEqual(['warning screened_at hearing_repeat_time']);
  });

  it('2.10.11: names the hospital that confirms when the repeat failed, and none when no ear did', () => {
    const failed = { stage: 'repeat', left_ear: 'fail' };
    expect(screening(failed)).toEqual(['error refer_to hearing_refer']);
    expect(screening({ ...failed, refer_to: '1132010024' })).toEqual([]);
    expect(screening({ left_ear: 'fail' })).toEqual([]);
    expect(screening({ refer_to: '1132010024' })).toEqual(['error refer_to hearing_refer_passed']);
  });

  it('2.10.11: needs the reason when neither ear was tested, else the method', () => {
    const untested = { right_ear: 'untested', left_ear: 'untested', method: null };
    expect(screening(untested)).toEqual(['error refusal hearing_untested']);
    expect(screening({ ...untested, refusal: '家長拒絕' })).toEqual([]);
    expect(screening({ method: null })).toEqual(['error method needed']);
  });

  it('2.10.11: is subsidised up to three months of age, and only where an ear was tested', () => {
    const subsidised = (said: Values) => screening({ subsidy: true, ...said });
    expect(subsidised({ screened_at: at('2026-11-20T23:59') })).toEqual([]);
    expect(subsidised({ screened_at: at('2026-11-21T00:00') })).toEqual([
      'error subsidy hearing_subsidy_late',
    ]);
    expect(screening({ screened_at: at('2026-11-21T00:00') })).toEqual([]);
    expect(subsidised({ right_ear: 'untested', left_ear: 'untested', refusal: '轉院' })).toEqual([
      'error subsidy hearing_subsidy_untested',
    ]);
  });
});

const FAILED: Values = { screened_at: at('2026-09-01T10:00'), right_ear: 'pass', left_ear: 'fail' };
const HEARD = { diag_date: '2026-10-01', right: 'normal', left: 'moderate' };

describe('child/hearing diagnosis', () => {
  it('2.10.11: follows a screening that failed, from its day to today', () => {
    const of = (said: Values, parent = FAILED) => found(DIAGNOSIS, { ...HEARD, ...said }, parent);
    expect(of({})).toEqual([]);
    expect(of({}, { ...FAILED, left_ear: 'pass' })).toEqual(['error form hearing_not_failed']);
    expect(of({ diag_date: '2026-08-31' })).toEqual(['error diag_date before']);
    expect(of({ diag_date: '2026-09-01' })).toEqual([]);
    expect(of({ diag_date: '2026-11-21' })).toEqual([]);
    expect(of({ diag_date: '2026-11-22' })).toEqual(['error diag_date future']);
  });

  it('2.10.11: is the hospital’s to whom the child was referred', () => {
    const of = (isHere: boolean) =>
      DIAGNOSIS.rules(say(DIAGNOSIS, HEARD), { ...facts(FAILED), known: { is_here: isHere } });
    expect(of(true)).toEqual([]);
    expect(of(false).map(({ key }) => key)).toEqual(['hearing_not_referred']);
  });

  it('2.10.11: says the figure of one ear at least for every test that was made', () => {
    const tests = ['abr', 'dpoae'];
    expect(found(DIAGNOSIS, { ...HEARD, tests, abr_left: 45 }, FAILED)).toEqual([
      'error dpoae_right hearing_decibels',
    ]);
    expect(found(DIAGNOSIS, { ...HEARD, tests, abr_left: 0, dpoae_right: 120 }, FAILED)).toEqual([]);
  });
});

describe('child/hearing tracking', () => {
  const of = (said: Values, parent: Values = HEARD) =>
    found(TRACKING, { date: '2026-11-01', content: '配戴良好', ...said }, { plan: null, ...parent });

  it('2.10.11: lies between the diagnosis and today', () => {
    const days = { device_date: '2026-10-01', device: 'aid', intervention_start: '2026-11-21' };
    expect(of(days)).toEqual([]);
    expect(of({ ...days, device_date: '2026-09-30', intervention_start: '2026-11-22' })).toEqual([
      'error intervention_start future',
      'error device_date before',
    ]);
  });

  it('2.10.11: says which device was fitted', () => {
    expect(of({ device_date: '2026-10-10' })).toEqual(['error device needed']);
  });

  it('2.10.11: is of children with hearing loss, or for whom something is planned', () => {
    const normal = { ...HEARD, left: 'normal' };
    expect(of({}, normal)).toEqual(['error form hearing_nothing_to_track']);
    expect(of({}, { ...normal, plan: ['observe'] })).toEqual([]);
    expect(of({}, { ...normal, right: 'neuropathy' })).toEqual([]);
  });
});

describe('days of the calendar', () => {
  it('are counted on as PostgreSQL counts them', () => {
    expect(monthsAfter('2026-11-30', 3)).toBe('2027-02-28');
    expect(monthsAfter('2026-05-31', -3)).toBe('2026-02-28');
    expect(monthsAfter('2026-11-22', -3)).toBe('2026-08-22');
    expect(monthsAfter('2026-01-31', -11)).toBe('2025-02-28');
    expect(daysAfter('2026-03-02', -4)).toBe('2026-02-26');
  });
});
