import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import {
  AGENCY,
  BUREAU,
  FARAWAY,
  LAB,
  SPECIMENS,
  actingAs,
  later,
  mother,
  send,
  specimen,
  today,
} from './support/people.ts';
import type { OpAccount } from './support/fake-op.ts';
import type { Page, Visitor } from './support/visitor.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch({ MCH_EXPORT_ROWS: String(MOST_ROWS) });
});
afterAll(() => mch.stop());

const PATH = SPECIMENS;
const MOST_ROWS = 5;
const numberOf = (page: Page): string => /\/(\d+)(?:\?|$)/.exec(page.url)?.[1] ?? '';

describe('records', () => {
  it('are kept as drafts, submitted, and locked; nobody else sees a draft', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const kept = await send(nurse, PATH, HOSPITAL, { ...specimen(101), lab_unit: '', deed: 'draft' });
    expect(kept.status).toBe(200);
    expect(kept.text).toContain('已暫存');
    const no = numberOf(kept);

    const lab = await actingAs(mch, LAB);
    expect((await lab.go(`${PATH}/${no}`)).status).toBe(404);

    const again = await actingAs(mch, HOSPITAL);
    const edit = await again.go(`${PATH}/${no}/edit`);
    expect(edit.text).toContain('36.1');
    expect(edit.text).toContain(mother(101).id_no);
    const sent = await send(again, `${PATH}/${no}`, HOSPITAL, {
      ...specimen(101),
      version: '1',
      deed: 'submit',
    });
    expect(sent.text).toContain('送出即鎖定');
    expect(sent.text).not.toContain(mother(101).id_no);
    expect((await again.go(`${PATH}/${no}/edit`)).url).toMatch(new RegExp(`${PATH}/${no}$`));
    const forced = await send(again, `${PATH}/${no}`, HOSPITAL, {
      ...specimen(101),
      version: '2',
      deed: 'submit',
    });
    expect(forced.status).toBe(409);
  });

  it('name what is missing or cannot be, and keep what was typed', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const page = await send(nurse, PATH, HOSPITAL, {
      ...specimen(102),
      id_no: 'A123456788',
      gest_days: '36.9',
      sample_date: later(2),
      deed: 'submit',
    });
    expect(page.status).toBe(422);
    for (const text of ['檢查碼有誤', '天為 0–6', '不可晚於今天', '36.9', 'A123456788']) {
      expect(page.text).toContain(text);
    }
  });

  it('ask twice about what is unusual', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const early = { ...specimen(103), gest_days: '30.0', deed: 'submit' };
    const asked = await send(nurse, PATH, HOSPITAL, early);
    expect(asked.status).toBe(422);
    expect(asked.text).toContain('gest_days.gbs_weeks');
    const sent = await send(nurse, PATH, HOSPITAL, { ...early, confirmed: 'gest_days.gbs_weeks' });
    expect(sent.text).toContain('已送出並鎖定');
  });

  it('are once a pregnancy, however many try at once', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const form = { ...specimen(104), deed: 'submit' };
    const pages = await Promise.all(Array.from({ length: 8 }, () => send(nurse, PATH, HOSPITAL, form)));
    const statuses = pages.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(7).fill(409)]);
  });

  it('FLT: ask for county and township together, where the account reaches more than one', async () => {
    const filtersOf = (text: string) => [
      /<select[^>]* name="county"[^>]* data-pair="county"/.test(text),
      /<select[^>]* name="town"[^>]* data-pair="town"/.test(text),
      /<optgroup label="[^"]+" data-county="10017"><option value="10017\d{3}"/.test(text),
    ];
    for (const account of [BUREAU, { ...AGENCY, menu_roles: ['hpa_gbs'] }]) {
      const wide = await actingAs(mch, account);
      expect(filtersOf((await wide.go(SPECIMENS)).text)).toEqual([true, true, true]);
      const chosen = (await wide.go(`${SPECIMENS}?county=10017&town=10017020`)).text;
      expect(chosen).toContain('<option value="10017020" selected>');
      expect(chosen.slice(chosen.indexOf('class="chips"'))).toMatch(/鄉鎮市區: [^<\d]+</);
      // of another county: told, not taken for an empty list; so is it by the file
      const torn = await wide.go(`${SPECIMENS}?county=63000&town=10017020`);
      expect([torn.status, /name="town"[^>]* aria-invalid="true"/.test(torn.text)]).toEqual([422, true]);
      const file = await wide.go(`${SPECIMENS}/export?county=63000&town=10017020&format=xlsx`);
      expect(file.status).toBe(account === BUREAU ? 400 : 403);
    }
    const station = { ...STATION, menu_roles: ['hb_gbs'] };
    for (const account of [HOSPITAL, station]) {
      const one = await actingAs(mch, account);
      expect(filtersOf((await one.go(SPECIMENS)).text)).toEqual([false, false, false]);
    }
  });

  it('lead the laboratory to its work, and the bureau to what lies in its county', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const sent = await send(nurse, PATH, HOSPITAL, { ...specimen(105), deed: 'submit' });
    const no = numberOf(sent);

    const lab = await actingAs(mch, LAB);
    const form = await lab.go(`/maternal/gbs/results/new?parent=${no}`);
    expect(form.status).toBe(200);
    expect(form.text).toContain('測試孕婦105');
    const result = await send(lab, '/maternal/gbs/results', LAB, {
      parent: no,
      result: 'positive',
      report_date: today,
      deed: 'submit',
    });
    expect(result.text).toContain('陽性');

    const bureau = await actingAs(mch, BUREAU);
    expect((await bureau.go(`${PATH}/${no}`)).text).toContain('測試孕婦105');
    const away = await actingAs(mch, FARAWAY);
    expect((await away.go(`${PATH}/${no}`)).status).toBe(404);
    expect((await away.go(PATH)).text).toContain('目前沒有紀錄');
  });

  it('find a person by number without the number in an address, and write down who looked', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await send(nurse, PATH, HOSPITAL, { ...specimen(106), deed: 'submit' });
    const found = await send(nurse, `${PATH}/search`, HOSPITAL, {
      id_no: mother(106).id_no,
      sort: '-service_on',
    });
    expect(found.url).not.toContain(mother(106).id_no);
    expect(found.text).toContain('測試孕婦106');
    expect(found.text).not.toContain('測試孕婦105');
    const looks = await mch.database.db.selectFrom('patient_access').select('deed').execute();
    expect(looks.map(({ deed }) => deed)).toContain('find');
  });

  it('G5: a number is known to nobody who has no record of hers in sight', async () => {
    const search = async (visitor: Visitor, by: OpAccount, serial: number): Promise<string | undefined> => {
      const form = { acting: by.id, id_no: mother(serial).id_no, sort: '-service_on' };
      const page = await visitor.ask(`${PATH}/search`, { form });
      return new URL(page.headers.get('location') ?? '', page.url).searchParams.get('patient') ?? undefined;
    };
    const nurse = await actingAs(mch, HOSPITAL);
    const page = await send(nurse, PATH, HOSPITAL, { ...specimen(116), deed: 'submit' });
    expect(await search(nurse, HOSPITAL, 116)).toMatch(/^[0-9a-f-]{36}$/);
    const far = await actingAs(mch, FARAWAY);
    expect([await search(far, FARAWAY, 116), await search(far, FARAWAY, 999)]).toEqual(['none', 'none']);
    const found = await mch.database.query(
      `select 1 from patient_access a join record r on r.patient_id = a.patient_id
       where r.no = $1 and a.deed = 'find' and a.account_id = $2`,
      [numberOf(page), FARAWAY.id],
    );
    expect(found).toEqual([]);
  });

  it('G5: a list is narrowed to a person by nothing but an id', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const [id, dashes] = ['0'.repeat(8) + '-0000'.repeat(3) + `-${'0'.repeat(12)}`, '-'.repeat(36)];
    expect((await nurse.go(`${PATH}?patient=${id}`)).status).toBe(200);
    for (const not of [dashes, '0'.repeat(36), id.replaceAll('0', 'g')]) {
      expect((await nurse.go(`${PATH}?patient=${not}`)).status).toBe(422);
    }
  });

  it('write down whoever is shown them: by their history, as a form is filled in, above a new form', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const no = numberOf(await send(nurse, PATH, HOSPITAL, { ...specimen(117), deed: 'submit' }));
    const looks = async (by: OpAccount): Promise<number> => {
      const rows = await mch.database.query(
        `select 1 from patient_access a join record r on r.id = a.record_id
         where r.no = $1 and a.account_id = $2 and a.deed in ('view', 'find')`,
        [no, by.id],
      );
      return rows.length;
    };
    const before = await looks(HOSPITAL);
    await nurse.go(`${PATH}/${no}/history`);
    expect(await looks(HOSPITAL)).toBe(before + 1);
    await send(nurse, PATH, HOSPITAL, { id_no: mother(117).id_no, deed: 'find' });
    expect(await looks(HOSPITAL)).toBe(before + 2);
    const lab = await actingAs(mch, LAB);
    expect((await lab.go(`/maternal/gbs/results/new?parent=${no}`)).status).toBe(200);
    expect(await looks(LAB)).toBe(1);
  });

  it('T07: wait in the to-do list as many as the list it leads to shows', async () => {
    const lab = await actingAs(mch, LAB);
    const page = await lab.go('/common/todo');
    const url = /href="(\/maternal[^"]*only[^"]*)"/.exec(page.text)?.[1] ?? '';
    const list = await lab.go(url.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    const waiting = /乙型鏈球菌檢查結果未上傳資料[\s\S]*?todo-count[^>]*>(\d+)</.exec(page.text)?.[1];
    expect(/class="count"[^>]*>([^<]*)/.exec(list.text)?.[1]).toBe(`共 ${waiting} 筆`);
    expect(Number(waiting)).toBeGreaterThan(0);
  });

  it('are counted by month, with the rate of what was found', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const page = await nurse.go('/maternal/gbs/statistics');
    expect(page.status).toBe(200);
    expect(page.text).toContain('陽性率');
    expect(page.text).toContain('100.0 %');
    expect((await nurse.go('/maternal/gbs/reconciliation')).status).toBe(200);
    expect((await nurse.go('/maternal/gbs/statistics/export?format=xlsx')).status).toBe(200);
  });

  it('leave as Excel and ODS, with what the list shows', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const page = await nurse.go(`${PATH}/export?format=ods&from=${today}&person=111`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('opendocument');
  });

  it('G7: leave in one file up to a limit; more is refused before it begins, and is on record', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const taken = async () =>
      (await mch.database.db.selectFrom('record_export').select('row_count').execute()).map(
        (row) => row.row_count,
      );
    const before = await taken();
    const refused = await nurse.go(`${PATH}/export?format=xlsx&state=submitted`);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([422, 'text/html; charset=utf-8']);
    expect(refused.text).toContain(`超過一次可匯出的 ${MOST_ROWS} 筆`);
    expect(refused.text).toContain(`href="${PATH}?state&#x3D;submitted"`);
    await nurse.go('/?lang=en');
    expect((await nurse.go(`${PATH}/export?format=ods`)).text).toContain(`more than the ${MOST_ROWS} rows`);
    expect(await taken()).toEqual(before);
    const event = await mch.database.db
      .selectFrom('audit_event')
      .select(['outcome', 'reason', 'account_id'])
      .where('type', '=', 'export.refused')
      .execute();
    const told = { outcome: 'refused', reason: 'too_many_rows gbs-specimen', account_id: HOSPITAL.id };
    expect(event).toEqual([told, told]);
    expect((await nurse.go(`${PATH}/export?format=xlsx&from=2000-01-01&to=2000-01-02`)).status).toBe(200);
  });
});
