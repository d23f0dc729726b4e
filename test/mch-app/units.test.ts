import { readXlsx } from 'hucre/xlsx';
import { type ApiAnswer } from '#mch/idp-api/index.ts';
import { followRegister } from '#mch/units/index.ts';
import { HOSPITAL, LAB_UNIT, type Mch, startMch } from './support/mch.ts';
import { LAB, SPECIMENS, actingAs, send, specimen } from './support/people.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const registered = (code: string, name: string, status = 'active') => ({
  ...{ code, name, name_en: '', kind: 'laboratory', county: '10017', town: '10017020', status },
  changed_at: '2026-11-01T00:00:00.000Z',
});

describe('the copy of the register of units', () => {
  const asked: string[] = [];
  const answers: Record<string, object> = {
    '/unit-register?': { units: [registered('1500000001', '甲檢驗所')], next: 'more' },
    '/unit-register?cursor=more': { units: [registered('1500000002', '乙檢驗所', 'closed')] },
  };
  const api = {
    post: () => Promise.reject(new Error('nothing is written')),
    get: (path: string): Promise<ApiAnswer> => {
      asked.push(path);
      const body = answers[path] ?? { units: [registered('1500000001', '甲醫事檢驗所')] };
      return Promise.resolve({ status: 200, body, retryAfterSeconds: undefined });
    },
  };

  it('is taken whole, page by page, and then only what changed', async () => {
    const { db } = mch.database;
    expect(await followRegister({ db, api })).toBe(2);
    expect(await followRegister({ db, api })).toBe(1);
    expect(asked).toEqual([
      '/unit-register?',
      '/unit-register?cursor=more',
      '/unit-register?changed_since=2026-10-31T23%3A50%3A00.000Z',
    ]);
    const rows = await db
      .selectFrom('unit')
      .select(['name', 'status'])
      .where('code', 'like', '15%')
      .orderBy('code')
      .execute();
    expect(rows).toEqual([
      { name: '甲醫事檢驗所', status: 'active' },
      { name: '乙檢驗所', status: 'closed' },
    ]);
  });

  it('stays as it is while the single entry is away or answers nonsense', async () => {
    const { db } = mch.database;
    const away = { ...api, get: () => Promise.reject(new Error('away')) };
    await expect(followRegister({ db, api: away })).rejects.toThrow('away');
    const nonsense = { status: 200, body: { units: [{ code: 1 }] }, retryAfterSeconds: undefined };
    await expect(
      followRegister({ db, api: { ...api, get: () => Promise.resolve(nonsense) } }),
    ).rejects.toThrow();
    expect(await db.selectFrom('unit').select('name').where('code', '=', '1500000001').execute()).toEqual([
      { name: '甲醫事檢驗所' },
    ]);
  });

  it('is searched by code and by name; closed units are not offered, strangers are told nothing', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const found = async (q: string) =>
      (
        JSON.parse((await nurse.ask(`/units?q=${encodeURIComponent(q)}`)).text) as {
          units: { code: string }[];
        }
      ).units.map(({ code }) => code);
    expect(await found('15000000')).toEqual(['1500000001']);
    expect(await found('醫事檢驗')).toEqual(['1500000001']);
    expect(await found('１５００')).toEqual(['1500000001']);
    expect(await found('%')).toEqual([]);
    expect(await found('')).toEqual([]);
    expect((await mch.visitor().ask('/units?q=1')).status).toBe(401);
  });
});

describe('a field for a unit', () => {
  const numberOf = (url: string): string => /\/(\d+)(?:\?|$)/.exec(url)?.[1] ?? '';
  const answered = (page: { status: number; url: string }) => ({
    status: page.status,
    no: numberOf(page.url),
  });

  it('is looked up without scripts by a part of the name, and what else was typed stays', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const form = { ...specimen(201), lab_unit: '示範檢驗', deed: 'look-up' };
    const page = await send(nurse, SPECIMENS, HOSPITAL, form);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`name="lab_unit-chosen" value="${LAB_UNIT.code}-示範檢驗所"`);
    expect(page.text).toContain('測試孕婦201');
    expect(page.text).not.toContain('data-error-summary');
    const chosen = { ...form, 'lab_unit-chosen': `${LAB_UNIT.code}-示範檢驗所`, deed: 'submit' };
    const sent = await send(nurse, SPECIMENS, HOSPITAL, chosen);
    expect(answered(sent)).toEqual({ status: 200, no: expect.stringMatching(/\d/) as string });
    const kept = await mch.database.query<{ lab_unit: string }>(
      'select lab_unit from gbs_specimen where $1',
      [true],
    );
    expect(kept).toEqual([{ lab_unit: LAB_UNIT.code }]);
  });

  it.each(['9999999999', '沒有這個單位', '1132010024; drop'])(
    'refuses %s, also in a draft, and says why',
    async (lab_unit) => {
      const nurse = await actingAs(mch, HOSPITAL);
      for (const deed of ['submit', 'draft']) {
        const page = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(202), lab_unit, deed });
        expect(page.status).toBe(422);
        expect(page.text).toContain('查無此單位；請以代碼或名稱查詢後選取');
        expect(page.text).toContain(lab_unit);
      }
    },
  );

  it('shows code and name in form, record, list, print and history; a file has a column for each', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const line = `${LAB_UNIT.code}-示範檢驗所`;
    const kept = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(203), deed: 'draft' });
    const at = `${SPECIMENS}/${numberOf(kept.url)}`;
    for (const path of [at, `${at}/edit`, `${at}/print`, `${at}/history`, SPECIMENS]) {
      expect([path, (await nurse.go(path)).text.includes(line)]).toEqual([path, true]);
    }
    const file = await fetch(`${mch.origin}${SPECIMENS}/export?format=xlsx`, {
      headers: { cookie: [...nurse.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    const { rows = [] } = (await readXlsx(Buffer.from(await file.arrayBuffer()))).sheets[0] ?? {};
    const heads = (rows[0] ?? []).map(String);
    for (const [head, text] of [
      ['檢驗機構（代碼）', LAB_UNIT.code],
      ['檢驗機構', '示範檢驗所'],
      ['單位代碼', HOSPITAL.unit.code],
      ['單位', '示範醫院'],
    ] as const) {
      expect([head, rows[1]?.[heads.indexOf(head)]]).toEqual([head, text]);
    }
  });

  it('leads to the laboratory it names', async () => {
    const lab = await actingAs(mch, LAB);
    expect((await lab.go(SPECIMENS)).text).toContain('測試孕婦201');
  });

  it('names a township with its county and refuses one that there is not', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const kept = await send(nurse, SPECIMENS, HOSPITAL, { ...specimen(204), deed: 'draft' });
    expect(kept.text).toMatch(/<dd>\S+[市縣]\S+[鄉鎮市區]<\/dd>/);
    const wrong = await send(nurse, SPECIMENS, HOSPITAL, {
      ...specimen(205),
      residence_town: '10017999',
      deed: 'draft',
    });
    expect(wrong.status).toBe(422);
  });
});
