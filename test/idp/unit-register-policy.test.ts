import { readHeading } from '../../idp/unit-register/columns.ts';
import { applicationRefusal, judgeRow, readRow } from '../../idp/unit-register/policy.ts';
import { parseRegister } from '../../idp/unit-register/parse.ts';
import type { CurrentUnit, RegisterRow } from '../../idp/unit-register/types.ts';

const good = {
  code: '3501010001',
  name: '合成診所',
  kind: '診所',
  county: '臺北市',
  town: '松山區',
};

describe('M-37: the heading of a register file', () => {
  it('takes our headings and the institution register’s, in either language, and passes over others', () => {
    const read = readHeading([
      '﻿醫事機構代碼'.slice(1),
      '醫事機構名稱',
      '醫事機構種類',
      '診療科別',
      'County',
    ]);
    expect(read).toEqual({ ok: true, columns: ['code', 'name', 'kind', undefined, 'county'] });
  });

  it('says what is missing or named twice', () => {
    expect(readHeading(['機構代碼', '地址'])).toEqual({
      ok: false,
      reason: 'columns_missing',
      columns: ['name', 'kind'],
    });
    expect(readHeading(['code', '機構代碼', 'name', 'kind'])).toMatchObject({ reason: 'columns_repeated' });
  });
});

describe('M-37: one row of the register', () => {
  it('reads names and codes of places and kinds alike', () => {
    expect(readRow(good)).toEqual({
      values: {
        ...{ code: '3501010001', name: '合成診所', nameEn: '', kind: 'clinic' },
        ...{ county: '63000', town: '63000010', address: '', phone: '', email: '', level: '', status: '' },
      },
      faults: [],
    });
    expect(readRow({ ...good, county: '63000', town: '63000010', kind: 'clinic' }).values.town).toBe(
      '63000010',
    );
    expect(readRow({ ...good, county: '台北市', code: '３５０１０１０００１' }).values).toMatchObject({
      code: '3501010001',
      county: '63000',
    });
  });

  it('takes the place from an address when no column names it', () => {
    const { values } = readRow({ ...good, county: '', town: '', address: '105台北市松山區示範路1號' });
    expect(values).toMatchObject({ county: '63000', town: '63000010' });
  });

  it.each([
    [{ code: '' }, 'code.missing'],
    [{ code: '12345' }, 'code.format'],
    [{ code: '376570300I' }, 'code.kind'],
    [{ name: '' }, 'name.missing'],
    [{ name: '診'.repeat(101) }, 'name.too_long'],
    [{ name: '=HYPERLINK("http://evil.example")' }, 'name.formula'],
    [{ address: '@SUM(1)' }, 'address.formula'],
    [{ name: '合成\u202e診所' }, 'name.invisible'],
    [{ name: '合成\u0007診所' }, 'name.invisible'],
    [{ kind: '太空站' }, 'kind.unknown'],
    [{ county: '火星市' }, 'county.unknown'],
    [{ town: '板橋區' }, 'town.unknown'],
    [{ status: '不知道' }, 'status.unknown'],
    [{ level: 'Z' }, 'level.unknown'],
    [{ phone: 'call me' }, 'phone.format'],
    [{ email: 'a@b' }, 'email.format'],
  ])('refuses %j as %s', (cells, fault) => {
    expect(readRow({ ...good, ...cells }).faults).toContain(fault);
  });

  it('I8: reads a hundred thousand characters in each cell within 50 ms', () => {
    for (const cell of ['1'.repeat(100_000), '-'.repeat(100_000), 'a@'.repeat(50_000), ' '.repeat(100_000)]) {
      const cells = Object.fromEntries(
        [...Object.keys(good), 'phone', 'email', 'address'].map((key) => [key, cell]),
      );
      const start = performance.now();
      readRow(cells);
      expect(performance.now() - start).toBeLessThan(50);
    }
  });
});

describe('M-37: what a row means for the register', () => {
  const row = { ...readRow(good).values, faults: [] };
  const current: CurrentUnit = {
    ...{ ...row, nameEn: 'Synthetic', status: 'active', version: 3, mergedInto: null, isUsed: false },
  };

  it('tells new, unchanged and changed apart, and keeps what the file does not say', () => {
    expect(judgeRow(row, undefined, false).verdict).toBe('new');
    expect(judgeRow(row, current, false)).toMatchObject({ verdict: 'unchanged', unitVersion: 3 });
    expect(judgeRow({ ...row, name: '新名診所' }, current, false)).toMatchObject({
      verdict: 'changed',
      changes: { name: ['合成診所', '新名診所'] },
    });
  });

  it('closes a unit nobody has an account at, and no other', () => {
    const closing = { ...row, status: 'closed' };
    expect(judgeRow(closing, current, false).verdict).toBe('closed');
    expect(judgeRow(closing, { ...current, isUsed: true }, false)).toMatchObject({
      verdict: 'faulty',
      faults: ['status.still_used'],
    });
    expect(judgeRow(closing, undefined, false).verdict).toBe('unchanged');
    expect(judgeRow(closing, { ...current, status: 'closed' }, false).verdict).toBe('unchanged');
  });

  it('opens a closed unit again, unless it has become part of another', () => {
    const opening = { ...row, status: 'active' };
    const closed = { ...current, status: 'closed' };
    expect(judgeRow(opening, closed, false).changes).toEqual({ status: ['closed', 'active'] });
    expect(judgeRow(opening, { ...closed, mergedInto: '3501010002' }, false).faults).toEqual([
      'status.merged',
    ]);
  });

  it('refuses a code the file has twice, and a new unit without a place', () => {
    expect(judgeRow(row, current, true).faults).toEqual(['code.repeated']);
    expect(judgeRow({ ...row, county: '', town: '' }, undefined, false).faults).toEqual(['county.missing']);
  });

  it('passes over a unit that was changed, added or settled after the preview', () => {
    expect(applicationRefusal({ verdict: 'changed', unitVersion: 3 }, current)).toBeUndefined();
    expect(applicationRefusal({ verdict: 'changed', unitVersion: 2 }, current)).toBe('changed_meanwhile');
    expect(applicationRefusal({ verdict: 'new', unitVersion: 0 }, current)).toBe('changed_meanwhile');
    expect(applicationRefusal({ verdict: 'closed', unitVersion: 3 }, { version: 3, isUsed: true })).toBe(
      'still_used',
    );
  });
});

describe('M-37: files as other programs write them', () => {
  const text =
    '機構代碼,機構名稱,機構種類,縣市,鄉鎮市區\r\n3501010001,"合成, ""一""\r\n診所",診所,臺北市,松山區\r\n';

  it('takes UTF-8 with and without its mark, in pieces of any size, quoted fields and CRLF', async () => {
    for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`)]) {
      const rows = await read(bytes, 7);
      expect(rows).toMatchObject([{ rowNo: 1, code: '3501010001', faults: ['name.invisible'] }]);
    }
  });

  it('takes Big5', async () => {
    // "code,name,kind,county,town" and one row whose name is 台北 in Big5
    const row = Buffer.concat([
      Buffer.from('code,name,kind,county,town\n3501010001,'),
      Buffer.from([0xa5, 0x78, 0xa5, 0x5f]),
      Buffer.from(',clinic,63000,63000010\n'),
    ]);
    expect(await read(row, 5)).toMatchObject([{ name: '台北', faults: [] }]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'encoding'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0xff]), 'encoding'],
    ['a quote that never ends', Buffer.from(`code,name,kind\n1,"${'x'.repeat(30_000)}`), 'not_csv'],
    ['other columns', Buffer.from('a,b\n1,2\n'), 'columns_missing'],
  ])('refuses %s', async (_what, bytes, reason) => {
    await expect(read(bytes, 1024)).rejects.toMatchObject({ reason });
  });

  it('says which rows have too few or too many cells', async () => {
    const rows = await read(
      Buffer.from('code,name,kind\n3501010001,合成診所\n3501010002,合成診所,診所,x\n'),
      9,
    );
    expect(rows.map(({ faults }) => faults[0])).toEqual(['row.cells', 'row.cells']);
  });
});

async function read(bytes: Buffer, piece: number): Promise<RegisterRow[]> {
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const rows: RegisterRow[] = [];
  for await (const row of parseRegister(chunks(), () => {})) rows.push(row);
  return rows;
}
