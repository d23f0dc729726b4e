import { antenatalEducation } from '#mch/areas/antenatal-education/index.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { actingAs, send } from '../support/people.ts';
import type { Page, Visitor } from '../support/visitor.ts';
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
  guidance,
  messages,
  numberOf,
  rowsOf,
  submit,
  visit,
  woman,
} from './antenatal.ts';
import { areaContract } from './contract.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const asked = async (nurse: Visitor, path: string, form: Record<string, string>): Promise<Page> =>
  send(nurse, path, NURSE, { ...form, deed: 'submit' });

describe('maternal/antenatal-education', () => {
  areaContract(antenatalEducation, () => mch, {
    'edu-record': { trimester: 'third', topics_third: 'preterm_signs' },
  });

  it.each([
    ['first', '12.6', 200],
    ['first', '13.0', 422],
    ['third', '28.6', 422],
    ['third', '29.0', 200],
  ])('§2.10.1: the %s trimester with %s weeks is answered with %i', async (trimester, weeks, status) => {
    const nurse = await actingAs(mch, NURSE);
    const topics = { topics_first: 'nutrients', topics_third: 'preterm_signs' };
    const serial = Math.round(Number(weeks) * 10);
    const page = await asked(nurse, RECORDS, { ...guidance(serial, ago(0), weeks), trimester, ...topics });
    expect(page.status).toBe(status);
    if (status === 422) expect(messages(page).join()).toContain('妊娠週數與孕期別不符');
  });

  it('§2.10.1: names what is missing or cannot be, and keeps what was typed', async () => {
    const nurse = await actingAs(mch, NURSE);
    const page = await asked(nurse, RECORDS, {
      ...guidance(301, ago(-1), '30.0'),
      topics_third: '',
      height_cm: '119',
      weight_kg: '200.5',
      bp_sys: '80',
      bp_dia: '80',
      remark: '我寫的備註',
      provider_name: '',
      mobile: '',
    });
    expect(page.status).toBe(422);
    const said = messages(page).join();
    for (const text of ['衛教主題', '身高', '目前體重', '衛教人員姓名', '不可晚於今天', '手機', '舒張壓']) {
      expect(said).toContain(text);
    }
    expect(page.text).toContain('我寫的備註');
  });

  it('§2.10.1: is given once a woman, pregnancy and trimester, however many try; the other trimester is another', async () => {
    const nurse = await actingAs(mch, NURSE);
    const form = { ...guidance(302, ago(10), '30.0'), deed: 'submit' };
    const tries = await Promise.all(Array.from({ length: 20 }, () => send(nurse, RECORDS, NURSE, form)));
    expect(tries.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(tries.filter(({ status }) => status === 409)).toHaveLength(19);
    await submit(nurse, NURSE, RECORDS, guidance(302, ago(150), '10.0'));
  });

  it('§2.10.1: has its form at records/entry, and leads whoever only reads to the list', async () => {
    const nurse = await actingAs(mch, NURSE);
    const form = await nurse.go(`${BASE}/records/entry`);
    expect(form.text).toContain('衛教指導資料登錄');
    expect((await nurse.go(RECORDS)).text).toContain(`href="${BASE}/records/entry"`);
    const bureau = await actingAs(mch, COUNTY);
    expect(new URL((await bureau.go(`${BASE}/records/entry`)).url).pathname).toBe(RECORDS);
  });

  it('§2.10.1: asks for the approval of the 15th check and later, and warns of a code of another trimester', async () => {
    const nurse = await actingAs(mch, NURSE);
    expect((await asked(nurse, VISITS, visit(303, ago(1), '38.0', { visit_seq: '14' }))).status).toBe(200);
    const late = visit(303, ago(0), '38.1', { visit_seq: '15' });
    const refused = await asked(nurse, VISITS, late);
    expect(messages(refused).join()).toContain('特殊產檢核准文號');
    expect((await asked(nurse, VISITS, { ...late, special_approval_no: '健1140001' })).status).toBe(200);
    const odd = await asked(nurse, VISITS, visit(304, ago(0), '20.0', { nhi_order_code: '92' }));
    expect(odd.text).toContain('nhi_order_code.edu_code_weeks');
  });

  it('§2.10.1: is found by trimester, day of upload and state; visits by their number', async () => {
    const clinic = await actingAs(mch, CLINIC);
    await submit(clinic, CLINIC, RECORDS, guidance(311, ago(3), '9.0'));
    await submit(clinic, CLINIC, RECORDS, guidance(312, ago(2), '31.0'));
    await send(clinic, RECORDS, CLINIC, { ...guidance(313, ago(1), '32.0'), deed: 'draft' });
    const names = async (query: string) => column(await clinic.go(`${RECORDS}?${query}`), 2).toSorted();
    expect(await names('f_trimester=third')).toEqual(['衛教孕婦312', '衛教孕婦313']);
    expect(await names('state=draft')).toEqual(['衛教孕婦313']);
    expect(await names(`sent_from=${ago(0)}&sent_to=${ago(0)}`)).toEqual(['衛教孕婦311', '衛教孕婦312']);
    expect(await names(`sent_to=${ago(1)}`)).toEqual([]);
    expect(await names(`sent_from=${ago(-1)}`)).toEqual([]);
    await submit(clinic, CLINIC, VISITS, visit(311, ago(3), '9.0', { visit_seq: '1' }));
    await submit(clinic, CLINIC, VISITS, visit(312, ago(2), '31.0', { visit_seq: '8' }));
    expect(column(await clinic.go(`${VISITS}?f_visit_seq=8`), 2)).toEqual(['衛教孕婦312']);
    expect((await clinic.go(`${VISITS}?f_visit_seq=x`)).status).toBe(422);
  });

  it('SM-14: a claim locks itself and the guidance of its unit, whichever comes first (LK3)', async () => {
    const clinic = await actingAs(mch, CLINIC);
    const before = await submit(clinic, CLINIC, RECORDS, guidance(321, ago(20), '30.0'));
    const others = await submit(clinic, CLINIC, RECORDS, guidance(322, ago(20), '30.0'));
    const claim = await submit(clinic, CLINIC, VISITS, visit(321, ago(20), '30.0', { nhi_order_code: '92' }));
    await submit(clinic, CLINIC, VISITS, visit(323, ago(20), '10.0', { nhi_order_code: '91' }));
    const after = await submit(clinic, CLINIC, RECORDS, guidance(323, ago(20), '10.0'));
    for (const path of [`${RECORDS}/${before}`, `${RECORDS}/${after}`, `${VISITS}/${claim}`]) {
      const page = await clinic.go(path);
      expect(page.text).toContain('已核付');
      expect(page.text).toContain('申報後鎖定');
      expect((await clinic.go(`${path}/edit`)).url).not.toContain('edit');
    }
    expect((await clinic.go(`${RECORDS}/${others}`)).text).toContain('送出即鎖定');
    expect((await clinic.go(`${RECORDS}/${before}/history`)).text).toContain('核銷');
    expect((await clinic.go(`${VISITS}/${claim}`)).text).toContain('手動');
    expect(column(await clinic.go(`${RECORDS}?state=paid`), 2).toSorted()).toEqual([
      '衛教孕婦321',
      '衛教孕婦323',
    ]);
  });

  it('T06: waits for every claim and every visit of those trimesters without guidance, and leads to its form', async () => {
    const away = await actingAs(mch, AWAY);
    const first = await submit(away, AWAY, VISITS, visit(331, ago(5), '12.6'));
    await submit(away, AWAY, VISITS, visit(332, ago(5), '13.0')); // the second trimester
    await submit(away, AWAY, VISITS, visit(333, ago(5), '28.6')); // just not yet the third
    await submit(away, AWAY, VISITS, visit(334, ago(5), '29.0'));
    await submit(away, AWAY, VISITS, { ...visit(335, ago(5), ''), nhi_order_code: '92' });
    await submit(away, AWAY, VISITS, visit(336, ago(400), '30.0')); // more than a year ago
    await send(away, VISITS, AWAY, { ...visit(337, ago(5), '30.0'), deed: 'draft' });
    await submit(away, AWAY, VISITS, visit(338, ago(5), '30.0'));
    await submit(away, AWAY, RECORDS, guidance(338, ago(4), '30.1')); // uploaded
    await submit(away, AWAY, VISITS, visit(339, ago(5), '30.0'));
    await send(away, RECORDS, AWAY, { ...guidance(339, ago(4), '30.1'), deed: 'draft' }); // not yet

    const list = await away.go(`${BASE}/records/missing`);
    expect(column(list, 2).toSorted()).toEqual(['衛教孕婦331', '衛教孕婦334', '衛教孕婦335', '衛教孕婦339']);
    expect(rowsOf(list).find((row) => row[2] === '衛教孕婦335')?.[6]).toBe('已申報衛教指導');
    expect(column(await away.go(`${BASE}/records/missing?from=${ago(4)}`), 2)).toEqual([]);
    const waiting = /衛教指導未上傳資料[\s\S]*?todo-count[^>]*>(\d+)</;
    expect(waiting.exec((await away.go('/common/todo')).text)?.[1]).toBe('4');
    expect(waiting.exec((await (await actingAs(mch, COUNTY)).go('/common/todo')).text)?.[1]).not.toBe('4');

    const again = await actingAs(mch, AWAY);
    const form = await again.go(`${RECORDS}/new?from=${first}`);
    for (const text of [woman(331).id_no, '衛教孕婦331', ago(5), 'value="12.6"'])
      expect(form.text).toContain(text);
    expect(/<option value="first"[^>]*selected/.test(form.text)).toBe(true);
    await submit(again, AWAY, RECORDS, guidance(331, ago(5), '12.6'));
    expect(column(await again.go(`${BASE}/records/missing`), 2)).not.toContain('衛教孕婦331');
  });

  it('G: another unit starts no form from a visit that is not its own, and the bureau has no form to start', async () => {
    const clinic = await actingAs(mch, CLINIC);
    const no = await submit(clinic, CLINIC, VISITS, visit(341, ago(5), '30.0'));
    const nurse = await actingAs(mch, NURSE);
    const form = await nurse.go(`${RECORDS}/new?from=${no}`);
    expect(form.text).not.toContain('衛教孕婦341');
    expect((await nurse.go(`${VISITS}/${no}`)).status).toBe(404);
    const bureau = await actingAs(mch, COUNTY);
    const list = await bureau.go(`${BASE}/records/missing`);
    expect(list.text).toContain('衛教孕婦341');
    expect(list.text).not.toContain('登錄衛教');
    expect((await bureau.go(`${RECORDS}/new?from=${no}`)).status).toBe(403);
    expect(numberOf(await bureau.go(`${VISITS}/${no}`))).toBe(no);
  });
});
