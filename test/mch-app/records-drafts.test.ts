import { sql } from 'kysely';
import { DAY } from '#kit/clock.ts';
import { Form } from '#kit/http/form.ts';
import { maskNationalId } from '#kit/taiwan/identifiers.ts';
import { RESULT, SPECIMEN } from '#mch/areas/gbs/definition.ts';
import { forgetDraftPersons } from '#mch/patients/index.ts';
import type { Actor } from '#mch/records/index.ts';
import { parentAsked } from '#mch/records/routes/form.ts';
import type { KindPages } from '#mch/records/routes/host.ts';
import { judgeForm } from '#mch/records/service/read.ts';
import { saveRecord } from '#mch/records/service/save.ts';
import { later } from './support/births.ts';
import { SCREENING, as, enter, mch, numberOf, passed, referred, start, stop } from './support/hearing.ts';
import { LABORATORY, NURSE, OTHER_NURSE, depsOf, draft, numbered } from './support/nurses.ts';
import { LAB, SPECIMENS, mother, send, specimen, today } from './support/people.ts';

beforeAll(start);
afterAll(stop);

const RESULTS = '/maternal/gbs/results';

/** Everybody on record of a name, with what tells them apart. */
const peopleOf = (name: string) =>
  mch.database.db
    .selectFrom('patient')
    .select(['kind', 'name', 'id_type as idType', 'birth_order as order'])
    .where('name', '=', name)
    .execute();

describe('a draft', () => {
  const everybody = () =>
    Promise.all([
      mch.database.query(`select p.* from patient p where draft_of is null order by id`, []),
      mch.database.query(`select g.* from pregnancy g order by id`, []),
      mch.database.query(
        `select b.* from birth b join patient p on p.id = b.child_id where p.draft_of is null order by child_id`,
        [],
      ),
    ]);
  const SERIAL = 320;

  it('G5: changes neither a person nor a pregnancy nor a birth, new or on record, by anything it says', async () => {
    await enter(NURSE, SPECIMENS, specimen(SERIAL));
    await enter(NURSE, SCREENING, passed(321, 10));
    const before = await everybody();
    const late = { ...specimen(SERIAL), edc: later(37), name: '測試改名320' };
    const kept = await draft(NURSE, SPECIMENS, late);
    expect(kept.status).toBe(200);
    const no = numberOf(kept);
    const again = { ...late, edc: later(250), version: '1' };
    expect((await draft(NURSE, `${SPECIMENS}/${no}`, again)).status).toBe(200);
    const another = numberOf(await draft(OTHER_NURSE, SPECIMENS, specimen(322)));
    expect((await draft(OTHER_NURSE, SCREENING, numbered(321, 10))).status).toBe(200);
    expect(await everybody()).toEqual(before);

    const form = await (await as(NURSE)).go(`${SPECIMENS}/${no}/edit`);
    expect(form.text).toContain('測試改名320'); // what was typed stands in it all the same
    expect(form.text).toContain(mother(SERIAL).id_no);
    // thrown away it leaves nothing behind
    await send(await as(OTHER_NURSE), `${SPECIMENS}/${another}/removal`, OTHER_NURSE, { version: '1' });
    expect(await peopleOf('測試孕婦322')).toEqual([]);

    const sent = { ...late, version: '2', deed: 'submit' };
    await enter(NURSE, `${SPECIMENS}/${no}`, { ...sent, lab_unit: LAB.unit.code }).catch(() => undefined);
    const [, pregnancies] = await everybody();
    expect(pregnancies).toEqual(before[1]); // the one before is there already: what was refused changed nothing
  });

  it('G5: shows of a person what was typed in it, never what others entered since', async () => {
    const kept = numberOf(await draft(OTHER_NURSE, SCREENING, passed(323, 10)));
    const number = numbered(323, 10).id_no;
    await enter(NURSE, SCREENING, { ...numbered(323, 10), name: '測試正名323' });
    const other = await as(OTHER_NURSE);
    for (const below of ['', `/${kept}`, `/${kept}/edit`, `/${kept}/print`, `/${kept}/history`]) {
      const page = await other.go(`${SCREENING}${below}`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain(number);
      expect(page.text).not.toContain(maskNationalId(number));
      expect(page.text).not.toContain('測試正名323');
    }
    expect((await other.go(`${SCREENING}/${kept}/edit`)).text).toContain('測試寶寶323');
    // whoever cannot name the number does not come to see it by sending the draft
    const sent = { ...passed(323, 10), version: '1', deed: 'submit' };
    const refused = await send(other, `${SCREENING}/${kept}`, OTHER_NURSE, sent);
    expect([refused.status, refused.text.includes(number)]).toEqual([409, false]);
    await enter(OTHER_NURSE, `${SCREENING}/${kept}`, {
      ...numbered(323, 10, referred(323, 10)),
      version: '1',
    });
    expect(await peopleOf('測試寶寶323')).toHaveLength(1);
  });

  it('G5: shows what was typed in it before it was sent to no other unit, in no history', async () => {
    const first = { ...specimen(328), lab_unit: LABORATORY.unit.code, charge_amount: '2917' };
    const no = numberOf(await draft(NURSE, SPECIMENS, first));
    const sent = { ...first, charge_amount: '500', version: '1' };
    await enter(NURSE, `${SPECIMENS}/${no}`, sent);
    const told = async (account: typeof NURSE) =>
      (await (await as(account)).go(`${SPECIMENS}/${no}/history`)).text;
    expect(await told(NURSE)).toContain('2917');
    const there = await told(LABORATORY);
    expect([there.includes('2917'), there.includes('送出')]).toEqual([false, true]);
  });

  it('G5: of an earlier release, joined to somebody on record, shows her only to whoever reads her now', async () => {
    const no = await enter(NURSE, SCREENING, numbered(324, 10));
    const kept = numberOf(await draft(OTHER_NURSE, SCREENING, passed(325, 10)));
    await mch.database.query(
      'update record set patient_id = (select patient_id from record where no = $1) where no = $2',
      [no, kept],
    );
    const other = await as(OTHER_NURSE);
    for (const below of ['', `/${kept}`, `/${kept}/edit`]) {
      const { text } = await other.go(`${SCREENING}${below}`);
      expect([text.includes('測試寶寶324'), text.includes(numbered(324, 10).id_no)]).toEqual([false, false]);
    }
    const lists = async (query: string) =>
      (await other.go(`${SCREENING}?${query}`)).text.includes(`${SCREENING}/${kept}"`);
    expect(await lists('sort=-service_on')).toBe(true);
    // nor does what was looked for tell whom it is about
    for (const sort of ['-service_on', 'no', '-updated_at']) {
      expect(await lists(`person=${encodeURIComponent('測試寶寶324')}&sort=${sort}`)).toBe(false);
      expect(await lists(`person=${encodeURIComponent('24')}&sort=${sort}`)).toBe(false);
    }
    await mch.database.query("update record set state = 'submitted', submitted_at = now() where no = $1", [
      kept,
    ]);
    expect(await lists(`person=${encodeURIComponent('測試寶寶324')}&sort=-service_on`)).toBe(true);
  });

  it('G5: is found by the number typed in it, in its own unit alone', async () => {
    await draft(OTHER_NURSE, SPECIMENS, specimen(326));
    const search = { id_no: mother(326).id_no, sort: '-service_on' };
    const found = await send(await as(OTHER_NURSE), `${SPECIMENS}/search`, OTHER_NURSE, search);
    expect(found.text).toContain('測試孕婦326');
    const none = await send(await as(NURSE), `${SPECIMENS}/search`, NURSE, search);
    expect(none.text).not.toContain('測試孕婦326');
    await enter(NURSE, SPECIMENS, specimen(326)); // beside it, once she is on record there
    const still = await send(await as(OTHER_NURSE), `${SPECIMENS}/search`, OTHER_NURSE, search);
    expect(still.text).toContain('測試孕婦326');
  });

  it('G5: kept from a form that is out of date changes nothing of the person either', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(327));
    await mch.database.query("update record set unlocked_until = now() + interval '1 day' where no = $1", [
      no,
    ]);
    await enter(NURSE, `${SPECIMENS}/${no}`, { ...specimen(327), version: '1' });
    await mch.database.query("update record set unlocked_until = now() + interval '1 day' where no = $1", [
      no,
    ]);
    const stale = { ...specimen(327), name: '測試舊頁327', version: '1', deed: 'submit' };
    expect((await send(await as(NURSE), `${SPECIMENS}/${no}`, NURSE, stale)).status).toBe(409);
    expect(await peopleOf('測試舊頁327')).toEqual([]);
  });
});

describe('a draft of a release that gave it no person of its own', () => {
  it('M-08: is found by its number by its unit alone, and tells nobody of whom it names', async () => {
    const kept = numberOf(await draft(NURSE, SPECIMENS, specimen(361)));
    await enter(OTHER_NURSE, SPECIMENS, specimen(361));
    const { db } = mch.database;
    const known = await db
      .selectFrom('patient')
      .select('id')
      .where('name', '=', mother(361).name)
      .where('draft_of', 'is', null)
      .executeTakeFirstOrThrow();
    await db.updateTable('record').set({ patient_id: known.id }).where('no', '=', Number(kept)).execute();
    await db
      .updateTable('patient')
      .set({ draft_index: null })
      .where('draft_of', 'is not', null)
      .where('name', '=', mother(361).name)
      .execute();
    const found = await send(await as(NURSE), `${SPECIMENS}/search`, NURSE, { id_no: mother(361).id_no });
    expect([found.text.includes(`${SPECIMENS}/${kept}`), found.text.includes(mother(361).name)]).toEqual([
      true,
      false,
    ]);
    // beside one of this release, whichever was kept first
    const newer = numberOf(await draft(NURSE, SPECIMENS, specimen(361)));
    const both = await send(await as(NURSE), `${SPECIMENS}/search`, NURSE, { id_no: mother(361).id_no });
    expect([kept, newer].map((no) => both.text.includes(`${SPECIMENS}/${no}`))).toEqual([true, true]);
    const other = await as(LABORATORY);
    const unfound = await send(other, `${SPECIMENS}/search`, LABORATORY, { id_no: mother(361).id_no });
    expect(unfound.text).not.toContain(`${SPECIMENS}/${kept}`);
  });
});

describe('who looked at whom a draft names', () => {
  const namesOf = async (id: string) => {
    const { rows } = await sql<{ name: string }>`select distinct p.name from patient_access a
      join patient p on p.id = a.patient_id where a.record_id = ${id} order by p.name`.execute(
      mch.database.db,
    );
    return rows.map(({ name }) => name);
  };
  const kept = async (serial: number) => {
    const no = numberOf(await draft(NURSE, SCREENING, numbered(serial, 10)));
    await (await as(NURSE)).go(`${SCREENING}/${no}`);
    const { rows } = await sql<{ id: string }>`select id from record where no = ${no}`.execute(
      mch.database.db,
    );
    return { no, id: rows[0]?.id ?? '' };
  };

  it('G5: is known still when the draft was thrown away, or was about another meanwhile', async () => {
    const thrown = await kept(340);
    expect(await namesOf(thrown.id)).toEqual(['測試寶寶340']);
    await send(await as(NURSE), `${SCREENING}/${thrown.no}/removal`, NURSE, { version: '1' });
    expect(await namesOf(thrown.id)).toEqual(['-']);

    const { no, id } = await kept(341);
    await draft(NURSE, `${SCREENING}/${no}`, { ...numbered(342, 10), version: '1' });
    expect(await namesOf(id)).toEqual(['-', '測試寶寶342']); // the page after it was kept is a look
    await enter(NURSE, `${SCREENING}/${no}`, { ...numbered(342, 10), version: '2' });
    expect(await namesOf(id)).toEqual(['-', '測試寶寶342']);
    const { rows } = await sql<{
      count: number;
    }>`select count(*)::int from patient p join patient_access a on a.patient_id = p.id
      where a.record_id = ${id} group by p.draft_of is null having p.draft_of is null`.execute(
      mch.database.db,
    );
    expect(rows[0]?.count).toBeGreaterThan(1); // the look at the draft is hers now too, who is on record
  });

  it('J7: goes in its time, and the empty row then, where an earlier release ended the draft', async () => {
    const { db } = mch.database;
    const later = (days: number) => new Date(mch.clock.now().getTime() + days * DAY);
    const { no, id } = await kept(343);
    const open = await kept(344);
    await sql`delete from record where no = ${no}`.execute(db);
    await forgetDraftPersons(db, later(0));
    expect(await namesOf(id)).toEqual(['測試寶寶343']); // somebody may be looking just now
    await forgetDraftPersons(db, later(2));
    expect([await namesOf(id), await namesOf(open.id)]).toEqual([['-'], ['測試寶寶344']]);
    const emptied = () => db.selectFrom('patient').select('id').where('name', '=', '-').execute();
    const before = (await emptied()).length;
    await forgetDraftPersons(db, later(4));
    expect(await emptied()).toHaveLength(before);
    await sql`delete from patient_access where record_id = ${id}`.execute(db);
    expect(await forgetDraftPersons(db, later(4))).toBe(1);
    expect(await emptied()).toHaveLength(before - 1);
  });
});

describe('what a new record belongs to', () => {
  const acting = (readable: string[]): Actor => ({
    ...{ sub: 's', accountId: LABORATORY.id, personName: '測試人員', unit: LABORATORY.unit },
    scope: { kind: 'own', unitCode: LABORATORY.unit.code },
    rights: (path) => (path === RESULT.path ? ['R', 'C', 'S'] : readable.includes(path) ? ['R'] : []),
  });
  const readsBoth = acting([SPECIMEN.path]);
  const form = new Form(new URLSearchParams({ result: 'negative', report_date: today }));

  it('G5: is of a kind this account may read, for the form as for what it sends', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(330));
    const pages = { host: depsOf(), kind: RESULT } as unknown as KindPages;
    const parent = await parentAsked(pages, readsBoth, no);
    await expect(parentAsked(pages, acting([]), no)).rejects.toMatchObject({ code: 'not_found' });
    const of = { record: undefined, parent, complete: true };
    const judged = await judgeForm(depsOf(), mch.database.db, RESULT, readsBoth, form, of);
    const save = (actor: Actor) =>
      saveRecord(depsOf(), { kind: RESULT, actor, judged, of: undefined, submit: true });
    expect(await save(acting([]))).toEqual({ done: false, reason: 'parent_closed' });
    expect((await save(readsBoth)).done).toBe(true);
  });

  it('G5: is in sight and open still as the new one is written', async () => {
    const no = await enter(NURSE, SPECIMENS, specimen(331));
    const pages = { host: depsOf(), kind: RESULT } as unknown as KindPages;
    const parent = await parentAsked(pages, readsBoth, no);
    const of = { record: undefined, parent, complete: true };
    const judged = await judgeForm(depsOf(), mch.database.db, RESULT, readsBoth, form, of);
    for (const change of ["state = 'closed'", "state = 'submitted', assigned_unit_code = null"]) {
      await mch.database.query(`update record set ${change} where no = $1`, [no]);
      for (const submit of [false, true]) {
        const request = { kind: RESULT, actor: readsBoth, judged, of: undefined, submit };
        expect(await saveRecord(depsOf(), request)).toEqual({ done: false, reason: 'parent_closed' });
      }
    }
    await mch.database.query("update record set state = 'closed', assigned_unit_code = $2 where no = $1", [
      no,
      LABORATORY.unit.code,
    ]);
    const laboratory = await as(LABORATORY);
    expect((await laboratory.go(`${RESULTS}/new?parent=${no}`)).status).toBe(404);
    const says = { parent: no, result: 'negative', report_date: today, deed: 'submit' };
    expect((await send(laboratory, RESULTS, LABORATORY, says)).status).toBe(409);
    expect((await (await as(OTHER_NURSE)).go(`${RESULTS}/new?parent=${no}`)).status).toBe(403);
  });
});
