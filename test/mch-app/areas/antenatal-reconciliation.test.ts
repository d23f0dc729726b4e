import { randomUUID } from 'node:crypto';
import { HOSPITAL, type Mch, startMch } from '../support/mch.ts';
import { BACK, KEPT, endByTheEntry, pathOf } from '../support/late.ts';
import { actingAs, send } from '../support/people.ts';
import {
  AWAY,
  BASE,
  CLINIC,
  COUNTY,
  NURSE,
  RECORDS,
  VISITS,
  ago,
  column,
  figuresOf,
  guidance,
  rowsOf,
  submit,
  visit,
} from './antenatal.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const REPORT = `${BASE}/reconciliation`;
const THIRD = { nhi_order_code: '92' };
const FIRST = { nhi_order_code: '91' };
const month = (days: number): string => ago(days).slice(0, 7);

describe('reconciliation of guidance before birth', () => {
  it('M-14: a woman misses her checks when two of hers, or the last and today, lie more than the weeks apart', async () => {
    const nurse = await actingAs(mch, NURSE);
    const came = async (serial: number, ...visits: [number, string][]) => {
      for (const [days, weeks] of visits) await submit(nurse, NURSE, VISITS, visit(serial, ago(days), weeks));
    };
    await came(401, [84, '12.0'], [42, '18.0'], [0, '24.0']); // 42 days twice: just in time
    await came(402, [83, '12.0'], [40, '18.1'], [1, '23.5']); // 43 days once
    await came(403, [42, '20.0']); // 42 days ago
    await came(404, [43, '20.0']); // 43 days ago
    await came(405, [100, '38.0']); // 52 weeks by now: delivered, whoever told
    await came(406, [200, '10.0'], [20, '13.0']); // more than 20 weeks between the due dates: another pregnancy
    await came(407, [300, '8.0'], [290, '9.3']); // before the period
    await send(nurse, VISITS, NURSE, { ...visit(408, ago(60), '20.0'), deed: 'draft' });
    const clinic = await actingAs(mch, CLINIC);
    await submit(clinic, CLINIC, VISITS, visit(409, ago(60), '20.0')); // another unit
    await submit(clinic, CLINIC, VISITS, visit(403, ago(20), '23.1')); // where she came meanwhile

    const own = await actingAs(mch, NURSE);
    const page = await own.go(`${REPORT}/irregular-visits`);
    expect(column(page, 0).toSorted()).toEqual(['衛教孕婦402', '衛教孕婦404']);
    expect(figuresOf(page)).toEqual(['33.3 %', '2', '6']);
    const late = rowsOf(page).find(([name]) => name === '衛教孕婦402');
    const slashed = (days: number): string => ago(days).replaceAll('-', '/');
    expect(late?.slice(3)).toEqual(['0', '6', [83, 40, 1].map(slashed).join(', '), '示範醫院']);
    const four = await own.go(`${REPORT}/irregular-visits?weeks=4`);
    expect(column(four, 0).toSorted()).toEqual(['401', '402', '403', '404'].map((n) => `衛教孕婦${n}`));
    expect(figuresOf(four)).toEqual(['66.7 %', '4', '6']);
    expect(figuresOf(await own.go(`${REPORT}/irregular-visits?weeks=12`))).toEqual(['0.0 %', '0', '6']);
    // as it was on a day: 404 was last seen 23 days before, nobody had come since
    const then = await own.go(`${REPORT}/irregular-visits?from=${ago(50)}&to=${ago(20)}&weeks=4`);
    expect([column(then, 0), figuresOf(then)]).toEqual([[], ['0.0 %', '0', '5']]);
    expect((await own.go(`${REPORT}/irregular-visits?weeks=7`)).status).toBe(422);

    const bureau = await actingAs(mch, COUNTY);
    const all = await bureau.go(`${REPORT}/irregular-visits`);
    expect(column(all, 0).toSorted()).toEqual(['衛教孕婦402', '衛教孕婦404', '衛教孕婦409']);
    expect(figuresOf(all)[2]).toBe('7');
  });

  it('M-14: time since the last check counts until a child of hers is born, not before that check', async () => {
    const unit = { ...HOSPITAL.unit, code: '3504040046', name: '生產診所' };
    const by = { ...NURSE, id: 'P@00000041P@mbh_01', unit };
    const nurse = await actingAs(mch, by);
    for (const serial of [411, 412, 413]) await submit(nurse, by, VISITS, visit(serial, ago(60), '30.0'));
    const { db } = mch.database;
    for (const [serial, days] of [
      [411, 30],
      [413, 400],
    ] as const) {
      const mother = await db
        .selectFrom('patient')
        .select('id')
        .where('name', '=', `衛教孕婦${serial}`)
        .executeTakeFirstOrThrow();
      const at = new Date();
      const child = { id: randomUUID(), kind: 'child', id_type: 'none', name: '測試寶寶' } as const;
      await db
        .insertInto('patient')
        .values({ ...child, birth_date: ago(days), mother_id: mother.id, created_at: at, updated_at: at })
        .execute();
    }
    const page = await nurse.go(`${REPORT}/irregular-visits`);
    expect(column(page, 0).toSorted()).toEqual(['衛教孕婦412', '衛教孕婦413']);
    expect(figuresOf(page)).toEqual(['66.7 %', '2', '3']);
  });

  it('M-13: one unit that claimed the same guidance twice; once decided it is locked, and one claim always stays', async () => {
    const nurse = await actingAs(mch, NURSE);
    const first = await submit(nurse, NURSE, VISITS, visit(421, ago(10), '30.0', THIRD));
    const second = await submit(nurse, NURSE, VISITS, visit(421, ago(9), '30.1', THIRD));
    await submit(nurse, NURSE, VISITS, visit(422, ago(10), '30.0', THIRD)); // once
    await submit(nurse, NURSE, VISITS, visit(422, ago(150), '10.0', FIRST)); // her other trimester
    await submit(nurse, NURSE, VISITS, visit(423, ago(10), '30.0')); // a visit, no claim
    await submit(nurse, NURSE, VISITS, visit(423, ago(9), '30.1', THIRD));
    await send(nurse, VISITS, NURSE, { ...visit(423, ago(8), '30.2', THIRD), deed: 'draft' });
    const clinic = await actingAs(mch, CLINIC);
    await submit(clinic, CLINIC, VISITS, visit(422, ago(8), '30.2', THIRD)); // another unit

    const path = `${REPORT}/dup-same-unit`;
    const own = await actingAs(mch, NURSE);
    const page = await own.go(path);
    expect(column(page, 0)).toEqual([first, second]);
    expect(column(page, 6)).toEqual(['2', '2']);
    for (const text of ['請先選擇縣市', '請先選擇鄉鎮', '醫事機構', '匯出Excel', '匯出ODS', '查詢']) {
      expect(page.text).toContain(text);
    }
    expect(page.text).not.toContain('/decision');
    expect(column(await own.go(`${path}?to=${ago(10)}`), 0)).toEqual([first]);
    expect(column(await own.go(`${path}?county=10002`), 0)).toEqual([]);
    expect(column(await own.go(`${path}?county=10017&town=10017020&unit=示範醫院`), 0)).toEqual([
      first,
      second,
    ]);
    expect(column(await own.go(`${path}?county=10017&town=10017010`), 0)).toEqual([]);

    const bureau = await actingAs(mch, COUNTY);
    const [one = '', two = ''] = [
      ...(await bureau.go(path)).text.matchAll(/href="([^"]*decision[^"]*)"/g),
    ].map(([, url = '']) => url.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect((await bureau.go(one)).text).toContain('衛教孕婦421');
    expect((await send(bureau, one, COUNTY, { decision: 'remove', reason: ' ' })).status).toBe(422);
    expect((await send(bureau, one, COUNTY, { decision: 'forget', reason: '重複' })).status).toBe(422);
    await endByTheEntry(mch);
    const late = await send(bureau, one, COUNTY, { decision: 'remove', reason: '判到一半' });
    expect([pathOf(late), late.text.includes('判到一半'), late.text.includes(BACK)]).toEqual([
      KEPT,
      true,
      true,
    ]);
    const tries = await Promise.all(
      Array.from({ length: 20 }, () =>
        send(bureau, one, COUNTY, { decision: 'remove', reason: '<b>重複</b>' }),
      ),
    );
    expect(tries.filter(({ text }) => text.includes('已送出判定'))).toHaveLength(1);
    expect((await send(bureau, two, COUNTY, { decision: 'remove', reason: '也刪' })).text).toContain(
      '沒有變更',
    );
    expect((await send(bureau, two, COUNTY, { decision: 'keep', reason: '保留這筆' })).text).toContain(
      '已送出判定',
    );
    const decided = await bureau.go(path);
    expect(rowsOf(decided).map((row) => row.slice(7, 9))).toEqual([
      ['刪除', '&lt;b&gt;重複&lt;/b&gt;'],
      ['保留', '保留這筆'],
    ]);

    const after = await actingAs(mch, NURSE);
    expect((await after.go(`${VISITS}/${first}`)).text).toContain('核退');
    expect((await after.go(`${VISITS}/${first}/history`)).text).toContain('判定');
    for (const [by, status] of [
      [NURSE, 403],
      [{ ...COUNTY, id: 'P@00000029P@mbh_01', unit: { ...COUNTY.unit, county: '10002' } }, 404],
    ] as const) {
      const other = await actingAs(mch, by);
      expect((await other.go(one)).status).toBe(status);
      expect((await send(other, one, by, { decision: 'keep', reason: '我' })).status).toBe(status);
    }
  });

  it('§2.10.1: several units that claimed the same guidance, each seeing its own claims alone', async () => {
    const nurse = await actingAs(mch, NURSE);
    const here = await submit(nurse, NURSE, VISITS, visit(431, ago(10), '30.0', THIRD));
    await submit(nurse, NURSE, VISITS, visit(432, ago(10), '30.0', THIRD));
    await submit(nurse, NURSE, VISITS, visit(432, ago(9), '30.1', THIRD)); // twice, but here alone
    const away = await actingAs(mch, AWAY);
    const there = await submit(away, AWAY, VISITS, visit(431, ago(5), '30.5', THIRD));
    await submit(away, AWAY, VISITS, visit(432, ago(5), '30.5')); // a visit, no claim

    const path = `${REPORT}/dup-cross-unit`;
    const rows = rowsOf(await (await actingAs(mch, NURSE)).go(path));
    const mine = rows.filter((row) => row[2] !== '衛教孕婦422'); // that one is told above
    expect(mine.map((row) => [row[0], row[6], row[7]])).toEqual([[here, '2', '2']]);
    const other = await actingAs(mch, AWAY);
    expect(column(await other.go(path), 0)).toEqual([there]);
    expect(rowsOf(await other.go(path)).join()).not.toContain('示範醫院');
  });

  it('§2.10.1: claims of a month without guidance, guidance of a month without a claim', async () => {
    const unit = { ...HOSPITAL.unit, code: '3503030037', name: '對帳診所' };
    const by = { ...NURSE, id: 'P@00000031P@mbh_01', unit };
    const nurse = await actingAs(mch, by);
    await submit(nurse, by, VISITS, visit(441, ago(40), '30.0', THIRD)); // nothing uploaded
    await submit(nurse, by, VISITS, visit(442, ago(40), '30.0', THIRD));
    await submit(nurse, by, RECORDS, guidance(442, ago(40), '30.0')); // uploaded
    await submit(nurse, by, VISITS, visit(443, ago(40), '30.0', THIRD));
    await submit(nurse, by, RECORDS, guidance(443, ago(170), '11.3')); // the other trimester
    await submit(nurse, by, VISITS, visit(444, ago(40), '30.0')); // no claim
    await submit(nurse, by, RECORDS, guidance(445, ago(40), '30.0')); // uploaded, never claimed
    await send(nurse, RECORDS, by, { ...guidance(446, ago(40), '30.0'), deed: 'draft' });
    await submit(nurse, by, VISITS, visit(447, ago(75), '30.0', THIRD)); // another month
    await submit(nurse, by, VISITS, visit(448, ago(40), '30.0', THIRD));
    const clinic = await actingAs(mch, CLINIC);
    await submit(clinic, CLINIC, RECORDS, guidance(448, ago(39), '30.1')); // by another unit

    const own = await actingAs(mch, by);
    const claimed = await own.go(`${REPORT}/claimed-not-uploaded?month=${month(40)}`);
    expect(rowsOf(claimed).map((row) => [row[2], row[6]])).toEqual([
      ['衛教孕婦441', '登錄衛教'],
      ['衛教孕婦443', '登錄衛教'],
      ['衛教孕婦448', ''],
    ]);
    const uploaded = await own.go(`${REPORT}/uploaded-not-claimed?month=${month(40)}`);
    expect(column(uploaded, 2)).toEqual(['衛教孕婦445']);
    expect(column(await own.go(`${REPORT}/uploaded-not-claimed?month=${month(170)}`), 2)).toEqual([
      '衛教孕婦443',
    ]);
    expect(column(await own.go(`${REPORT}/uploaded-not-claimed?month=${month(105)}`), 2)).toEqual([]);
  });
});
