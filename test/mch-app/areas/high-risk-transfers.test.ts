import { type Mch, startMch } from '../support/mch.ts';
import { actingAs } from '../support/people.ts';
import {
  COUNTY,
  ELSEWHERE,
  HERE,
  NURSE,
  THERE,
  at,
  contact,
  decide,
  enter,
  openForCorrection,
  opened,
  submit,
  today,
  versionOf,
} from '../support/high-risk.ts';
import type { Page, Visitor } from '../support/visitor.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('transfers', () => {
  it('move a case once the other unit takes it: that one works on it, this one reads what it wrote', async () => {
    const there = await actingAs(mch, THERE);
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 80);
    const written = await enter(nurse, HERE, 'contacts', contact({ parent: held.no }));
    expect((await there.go(at('cases', held.no))).status).toBe(404);
    const offer = {
      handover: 'transfer',
      close_date: today,
      to_unit: THERE.unit.code,
      transfer_reason: '搬家',
    };
    const given = await enter(nurse, HERE, 'transfer-close', { parent: held.no, ...offer });
    expect((await submit(nurse, HERE, 'transfer-close', { parent: held.no, ...offer })).status).toBe(409);

    // it may be looked at, and nothing else yet
    expect((await there.go(at('cases', held.no))).text).toContain(held.case_no);
    const early = await submit(there, THERE, 'contacts', contact({ parent: held.no }));
    expect(early.status).toBeGreaterThanOrEqual(400);
    expect((await decide(nurse, HERE, 'transfer-close', given, 'approval', 1)).url).toContain('not-possible');
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => decide(there, THERE, 'transfer-close', given, 'approval', 1)),
    );
    expect(tries.filter(({ url }) => url.includes('done=approve'))).toHaveLength(1);

    const history = await there.go(`${at('cases', held.no)}/history`);
    expect(history.text).toMatch(/轉入其他單位[\s\S]*提出轉案/);
    expect((await there.go(at('contacts', written))).status).toBe(200);
    await enter(
      there,
      THERE,
      'contacts',
      contact({ parent: held.no, content: '接案後首次聯繫，確認住址。' }),
    );
    const [moved] = await mch.database.query<{ unit_code: string; case_status: string; town: string }>(
      'select r.unit_code, c.case_status, r.town from record r join hr_case c on c.record_id = r.id where r.no = $1',
      [held.no],
    );
    expect(moved).toEqual({ unit_code: THERE.unit.code, case_status: 'open', town: '10017030' });
    expect((await nurse.go(at('cases', held.no))).status).toBe(404);
    expect((await nurse.go(at('contacts', written))).status).toBe(200);
    const theirs = await mch.database.query<{ no: string }>(
      'select no::text from record where unit_code = $1 and kind = $2',
      [THERE.unit.code, 'hr-contact'],
    );
    expect((await nurse.go(at('contacts', theirs[0]?.no ?? ''))).status).toBe(404);
    expect((await submit(nurse, HERE, 'contacts', contact({ parent: held.no }))).status).toBe(404);
  });

  it('are sent back with a word, and the case stays', async () => {
    const there = await actingAs(mch, THERE);
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 81);
    const offer = {
      handover: 'transfer',
      close_date: today,
      to_unit: THERE.unit.code,
      transfer_reason: '搬家',
    };
    const given = await enter(nurse, HERE, 'transfer-close', { parent: held.no, ...offer });
    expect((await decide(there, THERE, 'transfer-close', given, 'return', 1)).url).toContain('done=return');
    expect((await there.go(at('cases', held.no))).status).toBe(404);
    expect((await nurse.go(`${at('cases', held.no)}/history`)).text).toContain('轉案退回');
    await enter(nurse, HERE, 'contacts', contact({ parent: held.no }));
    expect((await nurse.go(at('transfer-close', given))).text).toContain('測試說明');
  });

  it('are the bureau’s to order in its own county', async () => {
    await actingAs(mch, THERE);
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 82);
    const offer = {
      handover: 'transfer',
      close_date: today,
      to_unit: THERE.unit.code,
      transfer_reason: '重新分派',
    };
    const far = await actingAs(mch, ELSEWHERE);
    expect((await submit(far, ELSEWHERE, 'transfer-close', { parent: held.no, ...offer })).status).toBe(404);
    const bureau = await actingAs(mch, COUNTY);
    const close = { parent: held.no, handover: 'close', close_date: today, close_reason: 'moved' };
    expect((await submit(bureau, COUNTY, 'transfer-close', close)).status).toBe(409);
    await enter(bureau, COUNTY, 'transfer-close', { parent: held.no, ...offer });
    const [moved] = await mch.database.query<{ unit_code: string }>(
      'select unit_code from record where no = $1',
      [held.no],
    );
    expect(moved?.unit_code).toBe(THERE.unit.code);
  });
});

describe('corrections', () => {
  const offer = {
    handover: 'transfer',
    close_date: today,
    to_unit: THERE.unit.code,
    transfer_reason: '搬家',
  };
  const corrected = async (visitor: Visitor, no: string, form: Record<string, string>): Promise<Page> => {
    await openForCorrection(mch, no);
    const version = String(await versionOf(mch, no));
    return visitor.go(at('transfer-close', no), {
      form: { acting: HERE.id, ...form, version, deed: 'submit' },
    });
  };
  const stateOf = async (no: string): Promise<string | undefined> =>
    (await mch.database.query<{ state: string }>('select state from record where no = $1', [no]))[0]?.state;

  it('SM-09: of a transfer that was taken leave it taken, and the case free to go on', async () => {
    const there = await actingAs(mch, THERE);
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 83);
    const given = await enter(nurse, HERE, 'transfer-close', { parent: held.no, ...offer });
    await decide(there, THERE, 'transfer-close', given, 'approval', 1);
    const page = await corrected(nurse, given, { ...offer, transfer_reason: '搬家（更正）' });
    expect(page.url).toContain('done=corrected');
    expect(await stateOf(given)).toBe('approved');
    await enter(there, THERE, 'transfer-close', { parent: held.no, ...offer, to_unit: HERE.unit.code });
  });

  it('SM-09: of a transfer that waits lead it to another unit, and make no closing of it', async () => {
    const station = await actingAs(mch, { ...HERE, id: 'P@00000306P@mbh_01', unit: NURSE.unit });
    const there = await actingAs(mch, THERE);
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 84, { residence_town: '10017030' });
    const given = await enter(nurse, HERE, 'transfer-close', { parent: held.no, ...offer });
    const close = { handover: 'close', close_date: today, close_reason: 'moved' };
    expect((await corrected(nurse, given, close)).status).toBe(409);
    expect((await corrected(nurse, given, { ...offer, to_unit: HERE.unit.code })).status).toBe(409);
    expect((await there.go(at('cases', held.no))).status).toBe(200);
    const page = await corrected(nurse, given, { ...offer, to_unit: NURSE.unit.code });
    expect(page.url).toContain('done=corrected');
    expect((await there.go(at('cases', held.no))).status).toBe(404);
    expect((await station.go(at('cases', held.no))).status).toBe(200);
  });

  it('SM-09: of a transfer that was taken lead the case on to the unit that was meant, everywhere', async () => {
    const RIGHT = {
      ...HERE,
      id: 'P@00000307P@mbh_01',
      unit: { ...HERE.unit, code: '1101010012', town: '10017040' },
    };
    const right = await actingAs(mch, RIGHT);
    const there = await actingAs(mch, THERE);
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 86);
    const given = await enter(nurse, HERE, 'transfer-close', { parent: held.no, ...offer });
    await decide(there, THERE, 'transfer-close', given, 'approval', 1);
    const written = await enter(there, THERE, 'contacts', contact({ parent: held.no }));
    await mch.database.query('update hr_case set next_contact_on = opened_on - 5 where case_no = $1', [
      held.case_no,
    ]);
    const waits = async (who: Visitor) =>
      (await who.go(`${at('cases')}?only=overdue`)).text.includes(held.case_no);
    expect([await waits(there), await waits(right)]).toEqual([true, false]);

    const back = { ...offer, to_unit: HERE.unit.code };
    expect((await corrected(nurse, given, back)).status).toBe(409);
    const page = await corrected(nurse, given, { ...offer, to_unit: RIGHT.unit.code });
    expect(page.url).toContain('done=corrected');
    expect([await waits(there), await waits(right)]).toEqual([false, true]);
    expect((await there.go(at('cases', held.no))).status).toBe(404);
    expect((await submit(there, THERE, 'contacts', contact({ parent: held.no }))).status).toBe(404);
    expect((await there.go(at('contacts', written))).status).toBe(200); // what it wrote itself
    expect((await right.go(at('contacts', written))).status).toBe(200);
    expect((await right.go(at('transfer-close', given))).text).not.toContain('測試個管師');
    await enter(right, RIGHT, 'contacts', contact({ parent: held.no }));
    const [moved] = await mch.database.query<{ unit_code: string; town: string; state: string }>(
      'select r.unit_code, r.town, t.state from record r join record t on t.parent_id = r.id where t.no = $1',
      [given],
    );
    expect(moved).toEqual({ unit_code: RIGHT.unit.code, town: '10017040', state: 'approved' });
    // once it has gone on from there, the correction comes too late
    await enter(right, RIGHT, 'transfer-close', { parent: held.no, ...offer });
    expect((await corrected(nurse, given, { ...offer, to_unit: THERE.unit.code })).status).toBe(409);
  });

  it('SM-09: of a closing leave it closed', async () => {
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 85);
    const close = { handover: 'close', close_date: today, close_reason: 'moved' };
    const closed = await enter(nurse, HERE, 'transfer-close', { parent: held.no, ...close });
    expect((await corrected(nurse, closed, offer)).status).toBe(409);
    const page = await corrected(nurse, closed, { ...close, outcome: '更正' });
    expect(page.url).toContain('done=corrected');
    expect(await stateOf(closed)).toBe('closed');
  });
});

describe('closing', () => {
  it('locks the case; the bureau alone opens it again', async () => {
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 90);
    const close = { parent: held.no, handover: 'close', close_date: today };
    const lost = contact({ parent: held.no, contact_result: 'lost' });
    for (let count = 0; count < 2; count += 1) await enter(nurse, HERE, 'contacts', lost);
    expect((await submit(nurse, HERE, 'transfer-close', { ...close, close_reason: 'lost' })).status).toBe(
      422,
    );
    await enter(nurse, HERE, 'contacts', lost);
    const page = await nurse.go(at('cases', held.no));
    expect(page.text).toContain('contacts/new?parent&#x3D;');
    await enter(nurse, HERE, 'transfer-close', { ...close, close_reason: 'lost' });
    const closed = await nurse.go(at('cases', held.no));
    expect(closed.text).toContain('結案鎖定');
    expect(closed.text).not.toContain('contacts/new?parent&#x3D;');
    expect((await submit(nurse, HERE, 'contacts', contact({ parent: held.no }))).status).toBe(409);
    expect(
      (await decide(nurse, HERE, 'cases', held.no, 'reopening', await versionOf(mch, held.no))).url,
    ).toContain('not-possible');
    const bureau = await actingAs(mch, COUNTY);
    expect(
      (await decide(bureau, COUNTY, 'cases', held.no, 'reopening', await versionOf(mch, held.no))).url,
    ).toContain('done=reopen');
    const again = await actingAs(mch, HERE);
    await enter(again, HERE, 'contacts', contact({ parent: held.no }));
  });
});

describe('the health station', () => {
  it('makes contacts in cases of its township and nothing else; the bureau approves them', async () => {
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 95);
    const away = await opened(mch, nurse, 96, { residence_town: '10017030', assigned_unit: THERE.unit.code });
    const station = await actingAs(mch, NURSE);
    const made = await enter(station, NURSE, 'contacts', contact({ parent: held.no, contact_mode: 'home' }));
    expect((await submit(station, NURSE, 'contacts', contact({ parent: away.no }))).status).toBe(404);
    expect((await station.go(`${at('referrals')}/new?parent=${held.no}`)).status).toBe(403);
    const here = await actingAs(mch, HERE);
    expect((await here.go(at('contacts', made))).status).toBe(200);
    const bureau = await actingAs(mch, COUNTY);
    expect((await decide(bureau, COUNTY, 'contacts', made, 'approval', 1)).url).toContain('done=approve');
  });
});

describe('texts of contacts', () => {
  it('are held against those of other cases, drafts apart; never against those of the same case', async () => {
    const nurse = await actingAs(mch, HERE);
    const held = await opened(mch, nurse, 97);
    const other = await opened(mch, nurse, 98);
    const content = '電訪得知個案昨晚腹部緊繃兩次休息後緩解，已提醒留意規則宮縮與落紅並備妥待產包';
    const alike = `${content.slice(0, -2)}物品`;
    const asked = (no: string, text: string) =>
      nurse.go(at('contacts'), {
        form: { acting: HERE.id, ...contact({ parent: no, content: text }), deed: 'submit' },
      });
    await nurse.go(at('contacts'), {
      form: { acting: HERE.id, ...contact({ parent: other.no, content }), deed: 'draft' },
    });
    expect((await asked(held.no, content)).url).toContain('done=submitted');
    expect((await asked(held.no, alike)).url).toContain('done=submitted');
    const warned = await asked(other.no, alike);
    expect([warned.status, warned.text]).toEqual([422, expect.stringContaining('與另一個案的紀錄內容相同')]);
    expect((await asked(other.no, '到宅訪視，新生兒體重增加理想，示範沐浴與拍嗝')).url).toContain(
      'done=submitted',
    );
  });
});
