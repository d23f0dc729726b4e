import { said, turnImports } from '../support/imports.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { actingAs } from '../support/people.ts';
import type { Visitor } from '../support/visitor.ts';
import { BASE, NURSE, RECORDS, VISITS, ago, column, guidance, submit, visit } from './antenatal.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

/** Brings rows under the names of their fields and does what is to be done with them. @returns the page of the file */
async function bring(nurse: Visitor, at: string, rows: Record<string, string>[]): Promise<string> {
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [heads, ...rows.map((row) => heads.map((head) => row[head] ?? ''))];
  const form = new FormData();
  form.set('acting', NURSE.id);
  form.set('mode', 'good');
  form.set('file', new Blob([lines.map((line) => line.join(',')).join('\r\n')]), 'rows.csv');
  const cookie = [...nurse.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(mch.origin + at, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: mch.origin, accept: 'text/html' },
    body: form,
  });
  expect(answer.status).toBe(303);
  await turnImports(mch, () => Promise.resolve(said(NURSE)));
  return (await nurse.go(answer.headers.get('location') ?? '')).text;
}

describe('files of guidance and visits', () => {
  it('§2.10.1: guidance is taken by the rules of its form and clears what waits (T06); once a trimester', async () => {
    const nurse = await actingAs(mch, NURSE);
    for (const serial of [601, 602, 603]) await submit(nurse, NURSE, VISITS, visit(serial, ago(5), '30.0'));
    const page = await bring(nurse, `${BASE}/records/import`, [
      guidance(601, ago(5), '30.0'),
      { ...guidance(602, ago(5), '28.6'), trimester: 'third' },
      { ...guidance(601, ago(4), '30.1') },
      { ...guidance(604, ago(5), '10.0'), topics_first: '營養素補充;情緒與壓力調適' },
    ]);
    expect(page).toContain('妊娠週數與孕期別不符');
    expect(column(await nurse.go(RECORDS), 2).toSorted()).toEqual(['衛教孕婦601', '衛教孕婦604']);
    const missing = column(await nurse.go(`${BASE}/records/missing`), 2).toSorted();
    expect(missing).toEqual(['衛教孕婦602', '衛教孕婦603']);
  });

  it('§2.10.1: visits from a file say so, and their claims lock the guidance of the unit (LK3)', async () => {
    const nurse = await actingAs(mch, NURSE);
    const no = await submit(nurse, NURSE, RECORDS, guidance(611, ago(5), '30.0'));
    await bring(nurse, `${BASE}/visit-import`, [
      visit(611, ago(5), '30.0', { nhi_order_code: '92' }),
      visit(612, ago(5), '38.0', { visit_seq: '15' }),
    ]);
    expect((await nurse.go(`${RECORDS}/${no}`)).text).toContain('申報後鎖定');
    const rows = await nurse.go(VISITS);
    expect(column(rows, 2)).toContain('衛教孕婦611');
    expect(column(rows, 2)).not.toContain('衛教孕婦612');
    expect(rows.text).toContain('匯入');
  });
});
