import type { Kysely } from 'kysely';
import { up as giveBack } from '#db/mch/migrations/0039-draft-places.ts';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { Form } from '#kit/http/form.ts';
import { SPECIMEN } from '#mch/areas/gbs/definition.ts';
import type { Actor } from '#mch/records/index.ts';
import { judgeForm } from '#mch/records/service/read.ts';
import { saveRecord } from '#mch/records/service/save.ts';
import { findRecord } from '#mch/records/store/envelope.ts';
import { later } from './support/births.ts';
import {
  CONFIRMER,
  DIAGNOSIS,
  SCREENING,
  as,
  enter,
  found,
  mch,
  numberOf,
  passed,
  referred,
  start,
  stop,
} from './support/hearing.ts';
import { LABORATORY, NURSE, OTHER_NURSE, depsOf, draft, numbered } from './support/nurses.ts';
import { SPECIMENS, mother, send, specimen, today } from './support/people.ts';

beforeAll(start);
afterAll(stop);

const RESULTS = '/maternal/gbs/results';
const POSITIVES = '/maternal/gbs/positives';

const birthsOnRegister = async (name: string): Promise<number> => {
  const rows = await mch.database.db
    .selectFrom('birth as b')
    .innerJoin('patient as p', 'p.id', 'b.child_id')
    .where('p.name', '=', name)
    .where('b.registered_at', 'is not', null)
    .select('b.child_id')
    .execute();
  return rows.length;
};

/** Everybody on record of a name, with what tells them apart. */
const peopleOf = (name: string) =>
  mch.database.db
    .selectFrom('patient')
    .select(['kind', 'name', 'id_type as idType', 'birth_order as order'])
    .where('name', '=', name)
    .execute();

describe('a person of one form is never another one’s', () => {
  it('G5: a form about a child refuses the number of a mother, kept or sent', async () => {
    await enter(NURSE, SPECIMENS, specimen(301));
    const form = { ...passed(301, 10), id_type: 'national_id', id_no: mother(301).id_no };
    for (const deed of ['draft', 'submit']) {
      const page = await send(await as(OTHER_NURSE), SCREENING, OTHER_NURSE, { ...form, deed });
      expect(page.status).toBe(409);
      expect(page.text).toContain('另一種身分');
      expect(page.text).toContain(mother(301).id_no); // what was typed stays
    }
    expect(await peopleOf('測試孕婦301')).toMatchObject([{ kind: 'mother' }]);
    expect(await peopleOf('測試寶寶301')).toEqual([]);
  });

  it('G5: a twin entered with its sister’s order and a number of its own does not become her', async () => {
    await enter(NURSE, SCREENING, numbered(302, 10));
    const twin = { ...numbered(302, 10), id_no: syntheticNationalId('E', 2, 9302), name: '測試雙胞胎302' };
    const refused = await send(await as(OTHER_NURSE), SCREENING, OTHER_NURSE, { ...twin, deed: 'submit' });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('已有其他證號');
    expect(await peopleOf('測試寶寶302')).toHaveLength(1);
    await enter(OTHER_NURSE, SCREENING, { ...twin, birth_order: '2' });
    expect(await peopleOf('測試寶寶302')).toMatchObject([{ order: 1 }]);
    expect(await peopleOf('測試雙胞胎302')).toMatchObject([{ order: 2 }]);
  });

  it('G5: a draft changes nothing of whom others speak of; once it is sent it does', async () => {
    await enter(NURSE, SCREENING, passed(303, 10));
    const renamed = { ...numbered(303, 10), name: '測試改名303' };
    const kept = await draft(OTHER_NURSE, SCREENING, renamed);
    expect(kept.status).toBe(200);
    expect(await peopleOf('測試寶寶303')).toMatchObject([{ idType: 'none' }]);
    const no = numberOf(kept);
    const sent = { ...renamed, version: '1', deed: 'submit' };
    expect((await send(await as(OTHER_NURSE), `${SCREENING}/${no}`, OTHER_NURSE, sent)).status).toBe(200);
    expect(await peopleOf('測試改名303')).toMatchObject([{ idType: 'national_id' }]);
  });
});

describe('a child’s number', () => {
  it('F2: is never told to whoever knows only its mother, its day and its order', async () => {
    const child = numbered(304, 10);
    await enter(NURSE, SCREENING, child);
    const byBirth = passed(304, 10);
    for (const deed of ['draft', 'submit']) {
      const page = await send(await as(OTHER_NURSE), SCREENING, OTHER_NURSE, { ...byBirth, deed });
      expect(page.status).toBe(409);
      expect(page.text).toContain('此兒童已有證號');
      expect(page.text).not.toContain(child.id_no);
    }
    const kept = await draft(OTHER_NURSE, SCREENING, passed(305, 10));
    const turned = { ...byBirth, version: '1' };
    expect((await draft(OTHER_NURSE, `${SCREENING}/${numberOf(kept)}`, turned)).status).toBe(409);
    expect((await draft(NURSE, SCREENING, byBirth)).status).toBe(200); // born there
  });
});

describe('what there is once', () => {
  it('G5: a draft takes no place from the unit that sends first; the draft is told, and stays', async () => {
    const kept = await draft(OTHER_NURSE, SPECIMENS, specimen(306));
    expect(kept.status).toBe(200);
    await enter(NURSE, SPECIMENS, specimen(306));
    const path = `${SPECIMENS}/${numberOf(kept)}`;
    const late = { ...specimen(306), version: '1', deed: 'submit' };
    const refused = await send(await as(OTHER_NURSE), path, OTHER_NURSE, late);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain(mother(306).id_no);
    expect((await draft(OTHER_NURSE, path, { ...specimen(306), version: '1' })).status).toBe(200);
  });

  it('G5: drafts that took a place before give it back', async () => {
    const { db } = mch.database;
    const kept = numberOf(await draft(OTHER_NURSE, SPECIMENS, specimen(307)));
    const sent = await enter(NURSE, SPECIMENS, specimen(308));
    await db.updateTable('record').set({ unique_key: 'once' }).where('no', '=', Number(kept)).execute();
    await giveBack(db as unknown as Kysely<unknown>);
    const keys = await db
      .selectFrom('record')
      .select('unique_key as key')
      .where('no', 'in', [Number(kept), Number(sent)])
      .orderBy('no')
      .execute();
    expect(keys.map(({ key }) => key)).toEqual([null, 'once']);
  });
});

describe('a record that is held open', () => {
  const openOf = (no: string) =>
    mch.database.db
      .updateTable('record')
      .set({ unlocked_until: new Date(mch.clock.now().getTime() + 86_400_000) })
      .where('no', '=', Number(no))
      .execute();
  const stateOf = (no: string) =>
    mch.database.db
      .selectFrom('record')
      .select(['state', 'version'])
      .where('no', '=', Number(no))
      .executeTakeFirstOrThrow();

  it('G5: is corrected by no other word than those of its form, and by every rule', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(309));
    await openOf(no);
    const bare = { ...specimen(309), version: '1', gest_days: '', sample_date: later(5) };
    for (const deed of ['', 'Submit', 'edit', 'remove.nothing.1']) {
      const page = await send(await as(NURSE), `${SPECIMENS}/${no}`, NURSE, { ...bare, deed });
      expect(page.status).toBe(400);
    }
    for (const deed of ['draft', 'submit']) {
      const page = await send(await as(NURSE), `${SPECIMENS}/${no}`, NURSE, { ...bare, deed });
      expect(page.status).toBe(422);
    }
    expect(await stateOf(no)).toEqual({ state: 'submitted', version: 1 });
  });

  it('G5: is not corrected by what was judged as a draft before it was opened', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(310));
    const { db } = mch.database;
    const deps = depsOf();
    const actor: Actor = {
      ...{ sub: 's', accountId: NURSE.id, personName: '測試人員', unit: NURSE.unit },
      ...{ scope: { kind: 'own', unitCode: NURSE.unit.code }, rights: () => ['R', 'C', 'S'] },
    };
    const record = await findRecord(db, SPECIMEN, actor.scope, { no: Number(no) });
    const form = new Form(new URLSearchParams({ ...specimen(310), gest_days: '' }));
    const judged = await judgeForm(deps, db, SPECIMEN, actor, form, {
      ...{ record, parent: undefined, complete: false },
    });
    await openOf(no);
    const of = { id: record?.id ?? '', version: 1 };
    expect(await saveRecord(deps, { kind: SPECIMEN, actor, judged, of, submit: false })).toEqual({
      done: false,
      reason: 'changed_meanwhile',
    });
    expect(await stateOf(no)).toEqual({ state: 'submitted', version: 1 });
  });

  it('G5: takes what follows from it along when it turns out to be about somebody else', async () => {
    const no = await enter(NURSE, SCREENING, { ...referred(311, 20), residence_town: '10017020' });
    const diagnosis = await enter(CONFIRMER, DIAGNOSIS, found(no));
    const wrong = await birthsOnRegister('測試寶寶311');
    await openOf(no);
    await enter(NURSE, `${SCREENING}/${no}`, { ...referred(312, 20), version: '1' });
    const page = await (await as(CONFIRMER)).go(`${DIAGNOSIS}/${diagnosis}`);
    expect(page.text).toContain('測試寶寶312');
    expect(page.text).not.toContain('測試寶寶311');
    const history = await (await as(CONFIRMER)).go(`${DIAGNOSIS}/${diagnosis}/history`);
    expect(history.text).toContain('隨所屬紀錄更正對象');
    expect([wrong, await birthsOnRegister('測試寶寶311')]).toEqual([1, 0]);
    expect(await birthsOnRegister('測試寶寶312')).toBe(1);
  });

  it('G5: takes a mother’s pregnancy along too, all the way down', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(313));
    const result = await enter(LABORATORY, RESULTS, { parent: no, result: 'positive', report_date: today });
    const followed = { followed_on: today, intrapartum_antibiotic: 'yes' };
    await enter(LABORATORY, POSITIVES, { parent: result, ...followed });
    await openOf(no);
    await enter(NURSE, `${SPECIMENS}/${no}`, { ...specimen(314), version: '1' });
    const people = await mch.database.db
      .selectFrom('record as r')
      .innerJoin('patient as p', 'p.id', 'r.patient_id')
      .innerJoin('pregnancy as g', (join) =>
        join.onRef('g.id', '=', 'r.pregnancy_id').onRef('g.mother_id', '=', 'r.patient_id'),
      )
      .where('p.name', 'in', ['測試孕婦313', '測試孕婦314'])
      .orderBy('r.no')
      .select(['p.name', 'r.version'])
      .execute();
    expect(people.map(({ name, version }) => [name, version])).toEqual([
      ['測試孕婦314', 2],
      ['測試孕婦314', 2],
      ['測試孕婦314', 2],
    ]);
  });

  it('G5: is refused without the version it was shown from, and a list without a person’s own key', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(315));
    await openOf(no);
    for (const version of ['', 'abc', '1e0', '-1', '99999999999']) {
      const said = { ...specimen(315), version, deed: 'submit' };
      expect((await send(await as(NURSE), `${SPECIMENS}/${no}`, NURSE, said)).status).toBe(400);
    }
    const closing = `${SPECIMENS}/${no}/closing`;
    expect((await send(await as(NURSE), closing, NURSE, { version: 'abc' })).status).toBe(400);
    for (const patient of ['-'.repeat(36), 'a'.repeat(36)]) {
      expect((await (await as(NURSE)).go(`${SPECIMENS}?patient=${patient}`)).status).toBe(422);
    }
  });
});
