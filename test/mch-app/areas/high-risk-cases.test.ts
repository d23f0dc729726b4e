import { highRisk } from '#mch/areas/high-risk/index.ts';
import { type Actor, todosOf } from '#mch/records/index.ts';
import { countTodos } from '#mch/todos/index.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { actingAs } from '../support/people.ts';
import {
  COUNTY,
  HERE,
  THERE,
  at,
  caseOf,
  contact,
  enter,
  intake,
  later,
  opened,
  submit,
  today,
} from '../support/high-risk.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const actorAt = (scope: Actor['scope']) => ({ scope, rights: () => ['R'] }) as unknown as Actor;
const MINE = actorAt({ kind: 'own', unitCode: HERE.unit.code });
const ROLES = ['mi_high_risk', 'hb_high_risk'];
async function counts(actor: Actor, days = 0): Promise<Record<string, number>> {
  const now = new Date(Date.now() + days * 86_400_000);
  const found = await countTodos(mch.database.db, todosOf([highRisk], actor, ROLES, now));
  return Object.fromEntries(found.map(({ id, count }) => [id, count]));
}

describe('cases', () => {
  it('have numbers without gaps or doubles under 20 submits at once, one series a year and county', async () => {
    const nurse = await actingAs(mch, HERE);
    const year = today.slice(0, 4);
    const pages = await Promise.all([
      ...Array.from({ length: 20 }, (_, at) => submit(nurse, HERE, 'intake', intake(1 + at))),
      // these two are refused and take no number
      submit(nurse, HERE, 'intake', intake(30, { consent: 'no' })),
      submit(nurse, HERE, 'intake', intake(31, { assigned_unit: '9999999999' })),
    ]);
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(20);
    const rows = await mch.database.query<{ case_no: string }>(
      'select case_no from hr_case where $1 order by seq',
      [true],
    );
    expect(rows.map(({ case_no: no }) => no)).toEqual(
      Array.from({ length: 20 }, (_, at) => `HR-${year}-10017-${String(at + 1).padStart(4, '0')}`),
    );
    const last = Number(year) - 1;
    const before = await opened(mch, nurse, 40, {
      intake_date: `${last}-12-31`,
      consent_date: `${last}-12-31`,
      edc: `${year}-01-20`,
    });
    expect(before.case_no).toBe(`HR-${last}-10017-0001`);
  });

  it('are opened once for a pregnancy, and not for whom nobody took in', async () => {
    const nurse = await actingAs(mch, HERE);
    const refused = { enrolled: 'no', not_enrolled_reason: '個案不同意參加' };
    const no = await enter(nurse, HERE, 'intake', intake(50, refused));
    await expect(caseOf(mch, no)).rejects.toThrow('opened no case');
    await opened(mch, nurse, 50);
    const again = await submit(nurse, HERE, 'intake', intake(50));
    expect(again.status).toBe(409);
  });

  it('say what was written in them: next contact, risk, delivery and the end of their time', async () => {
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 60, { intake_date: later(-50), consent_date: later(-50) });
    const parent = { parent: held.no };
    expect([held.next, held.risk, held.limit]).toEqual([later(-50), null, null]);
    await enter(
      nurse,
      HERE,
      'contacts',
      contact({ ...parent, contact_date: later(-3), next_date: later(10) }),
    );
    // an older one that is entered late changes nothing
    await enter(
      nurse,
      HERE,
      'contacts',
      contact({ ...parent, contact_date: later(-9), next_date: later(-2) }),
    );
    const grades = {
      physical: 'low',
      psychological: 'medium',
      social_support: 'none',
      economic: 'none',
      housing: 'none',
      violence_risk: 'none',
      substance: 'none',
    };
    await enter(nurse, HERE, 'assessments', {
      ...parent,
      ...grades,
      assess_date: later(-5),
      stage: 'first',
      assessor: '測試人員',
    });
    await enter(nurse, HERE, 'assessments', {
      ...parent,
      ...grades,
      physical: 'high',
      assess_date: later(-40),
      stage: 'first',
      assessor: '測試人員',
    });
    await enter(nurse, HERE, 'delivery', {
      ...parent,
      delivery_date: later(-20),
      gest_days: '36.6',
      born_count: '1',
    });
    const now = await opened(mch, nurse, 61, { criteria: 'under_20', birth_date: later(-19 * 365) });
    await enter(nurse, HERE, 'delivery', {
      parent: now.no,
      delivery_date: today,
      gest_days: '38.0',
      born_count: '1',
    });
    const [found, extended] = await mch.database.query<{ next: string; risk: string; limit: string }>(
      `select next_contact_on::text as next, risk_level as risk, limit_on::text as limit from hr_case
       where record_id in ($1, $2) order by opened_on`,
      [held.id, now.id],
    );
    expect(found).toEqual({ next: later(10), risk: 'medium', limit: later(22) });
    const [half] = await mch.database.query<{ on: string }>(
      `select ($1::date + interval '6 months')::date::text as on`,
      [today],
    );
    expect(extended?.limit).toBe(half?.on);
    const twice = await submit(nurse, HERE, 'delivery', {
      ...parent,
      delivery_date: later(-20),
      gest_days: '36.6',
      born_count: '1',
    });
    expect(twice.status).toBe(409);
  });
});

describe('to-dos', () => {
  it('T09, T10, T11: count to the day what waits, of open cases in sight', async () => {
    const nurse = await actingAs(mch, HERE);
    const before = await counts(MINE, 100);
    const waiting = await opened(mch, nurse, 70);
    await enter(nurse, HERE, 'contacts', contact({ parent: waiting.no, next_date: later(102) }));
    expect((await counts(MINE, 102))['T09']).toBe(await overdueAt(102, waiting.id, 0));
    expect((await counts(MINE, 103))['T09']).toBe(await overdueAt(103, waiting.id, 1));
    // a draft of a contact is none
    await nurse.go(at('contacts'), {
      form: { acting: HERE.id, ...contact({ parent: waiting.no, next_date: later(200) }), deed: 'draft' },
    });
    expect((await counts(MINE, 103))['T09']).toBe(await overdueAt(103, waiting.id, 1));

    await enter(nurse, HERE, 'referrals', {
      parent: waiting.no,
      ref_date: today,
      target: 'welfare',
      reason: '經濟困難',
    });
    const replied = await enter(nurse, HERE, 'referrals', {
      parent: waiting.no,
      ref_date: today,
      target: 'medical',
      reason: '血壓偏高',
    });
    await enter(nurse, HERE, 'replies', { parent: replied, reply_date: today, reply_result: 'finished' });
    expect((await counts(MINE, 14))['T10']).toBe(0);
    expect((await counts(MINE, 15))['T10']).toBe(1);
    expect(before['T10']).toBe(0);

    await enter(nurse, HERE, 'delivery', {
      parent: waiting.no,
      delivery_date: today,
      gest_days: '39.0',
      born_count: '1',
    });
    const limit = (await counts(MINE, 42))['T11'] ?? 0;
    expect((await counts(MINE, 43))['T11']).toBe(limit + 1);

    const county = { kind: 'county', unitCode: COUNTY.unit.code, county: '10017' } as const;
    expect((await counts(actorAt(county), 15))['T10']).toBe(1);
    expect((await counts(actorAt({ ...county, county: '10002' }), 15))['T10']).toBe(0);
    const other = await counts(actorAt({ kind: 'own', unitCode: THERE.unit.code }), 300);
    expect(other).toEqual({ T09: 0, T10: 0, T11: 0 });

    await enter(nurse, HERE, 'transfer-close', {
      parent: waiting.no,
      handover: 'close',
      close_date: today,
      close_reason: 'moved',
    });
    expect((await counts(MINE, 43))['T11']).toBe(limit);
    expect((await counts(MINE, 103))['T09']).toBe(await overdueAt(103, waiting.id, 0));
  });

  /** Other cases of these tests that wait by then, and what is expected of one. */
  async function overdueAt(days: number, id: string, expected: number): Promise<number> {
    const [row] = await mch.database.query<{ count: number }>(
      `select count(*)::int as count from record r join hr_case c on c.record_id = r.id
       where r.unit_code = $1 and r.id <> $2 and c.case_status <> 'closed' and c.next_contact_on < $3::date`,
      [HERE.unit.code, id, later(days)],
    );
    return (row?.count ?? 0) + expected;
  }
});

describe('newborns', () => {
  it('are entered for their mother, as many as were born, and stand on the register of births', async () => {
    const nurse = await actingAs(mch, HERE);
    const mother = intake(65);
    const held = await opened(mch, nurse, 65);
    const delivery = await enter(nurse, HERE, 'delivery', {
      parent: held.no,
      delivery_date: later(-1),
      gest_days: '36.0',
      born_count: '2',
    });
    const missing = () => nurse.go(`${at('delivery')}?only=children_missing`);
    const form = await nurse.go(`${at('newborns')}/new?parent=${delivery}`);
    expect(form.text).toContain(`value="${mother['id_no']}"`);
    const born = (order: string) => ({
      parent: delivery,
      id_type: 'none',
      name: '',
      sex: 'male',
      birth_at: `${later(-1)}T03:2${order}`,
      birth_order: order,
      mother_id_no: mother['id_no'] ?? '',
      mother_name: mother['name'] ?? '',
      guardian_phone: '0912-345678',
      birth_weight: '2400',
      born_alive: 'yes',
    });
    await enter(nurse, HERE, 'newborns', born('1'));
    expect((await missing()).text).toContain(`/delivery/${delivery}`);
    await enter(nurse, HERE, 'newborns', born('2'));
    expect((await missing()).text).not.toContain(`/delivery/${delivery}`);
    expect((await submit(nurse, HERE, 'newborns', born('3'))).status).toBe(422);
    const births = await mch.database.query<{ unit: string; weight: number }>(
      `select b.unit_code as unit, b.birth_weight as weight from birth b join patient p on p.id = b.child_id
       where b.registered_at is not null and p.mother_id = (select patient_id from record where id = $1)`,
      [held.id],
    );
    expect(births).toEqual([1, 2].map(() => ({ unit: HERE.unit.code, weight: 2400 })));
  });
});
