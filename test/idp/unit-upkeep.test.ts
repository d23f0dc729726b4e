import type { Journey } from '../support/journey.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { clinicCode } from '../support/register-file.ts';

const HOSPITAL = '9876543210';
const STATION = '2311170010';

let world: IdpWorld;
let hpa: Journey;
let manager: Journey;

beforeAll(async () => {
  world = await startIdpWorld();
  hpa = await portalOf(world, 'demo.hpa');
  manager = await portalOf(world, 'demo.manager');
  for (let n = 1; n <= 6; n += 1) await addUnit(n);
});
afterAll(() => world.stop());

const db = () => world.database.db;
const show = (browser: Journey, path: string) => browser.open(world.issuer + path);
const unit = (code: string) =>
  db().selectFrom('unit').selectAll().where('code', '=', code).executeTakeFirstOrThrow();

async function addUnit(n: number, kind = 'hospital'): Promise<void> {
  await db()
    .insertInto('unit')
    .values({
      ...{ code: clinicCode(n), name: `合成第${n}醫院`, name_en: `Synthetic ${n}`, kind },
      ...{ county: '63000', town: n % 2 === 0 ? '63000010' : '63000020' },
    })
    .execute();
}

describe('M-37: the list of units', () => {
  it('shows all to the agency, a manager their own, and finds by code, name, kind, place and status', async () => {
    const all = await show(hpa, '/console/units');
    expect(all.text).toContain('共 10 筆');
    const own = await show(manager, '/console/units?name=合成');
    expect(own.text).toContain('共 0 筆');
    for (const [query, count] of [
      [`code=${clinicCode(1).slice(0, 5)}`, 6],
      ['name=第3醫', 1],
      ['name=三', 0],
      ['name=SYNTHETIC 4', 1],
      ['kind=health_bureau', 1],
      ['county=10017', 3],
      ['town=松山區', 3],
      ['status=closed', 0],
      [`name=%25'; drop table unit; --`, 0],
    ] as const) {
      const page = await show(hpa, encodeURI(`/console/units?${query}`));
      expect([query, page.text.match(/共 (\d+) 筆/)?.[1]]).toEqual([query, String(count)]);
    }
  });

  it('F17: keeps its place by sealed cursors in every order, and refuses others', async () => {
    const rows = Array.from({ length: 120 }, (_none, at) => ({
      ...{ code: `77${String(at).padStart(8, '0')}`, name: `分頁${at % 7}診所`, name_en: '', kind: 'clinic' },
      ...{ county: '64000', town: '64000010' },
    }));
    await db().insertInto('unit').values(rows).execute();
    for (const sort of ['code', '-code', 'name', '-name', 'changed', '-changed']) {
      const seen: string[] = [];
      let page = await show(hpa, `/console/units?county=64000&sort=${sort}`);
      for (;;) {
        seen.push(...(page.html.match(/\/console\/units\/77\d{8}/g) ?? []));
        const next = /href="([^"]+)"[^>]*>\s*下一頁|rel="next" href="([^"]+)"/.exec(page.html);
        const url = (next?.[1] ?? next?.[2])?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
        if (url === undefined) break;
        page = await show(hpa, url);
      }
      expect([sort, seen.length, new Set(seen).size]).toEqual([sort, 120, 120]);
    }
    expect((await show(hpa, '/console/units?after=AAAA')).status).toBe(400);
    expect((await show(hpa, '/console/units?sort=version')).status).toBe(400);
  });
});

describe('M-37: changing a unit', () => {
  const edit = (code: string) => `/console/units/${code}/edit`;
  const isForm = (form: { action: string }) => form.action.endsWith('/edit');
  // choices, which this browser without scripts does not read from a page
  const chosen = { kind: 'hospital', town: '63000020', level: '' };

  it('F11: lets a manager change how the own unit is reached, and nothing else', async () => {
    await show(manager, edit(HOSPITAL));
    const before = await unit(HOSPITAL);
    const fields = {
      version: String(before.version),
      address: '新址 1 號',
      phone: '02-55509999',
      email: 'a@b.example',
    };
    const forged = { ...fields, name: '改名', kind: 'clinic', town: '63000010', status: 'closed', code: 'X' };
    expect((await forgeForm(world, manager, edit(HOSPITAL), { ...forged, reason: '' })).status).toBe(303);
    expect(await unit(HOSPITAL)).toMatchObject({
      ...{
        address: '新址 1 號',
        phone: '02-55509999',
        name: before.name,
        kind: before.kind,
        status: 'active',
      },
    });
  });

  it('F2: answers another unit’s address as if there were none, on every path', async () => {
    const below = ['', '/edit'];
    for (const path of below)
      expect((await show(manager, `/console/units/${STATION}${path}`)).status).toBe(404);
    for (const path of ['/closure', '/reopening', '/merge']) {
      expect((await show(manager, `/console/units/${STATION}${path}`)).status).toBe(403);
      expect((await forgeForm(world, manager, `/console/units/${STATION}${path}`, {})).status).toBe(403);
    }
    expect((await forgeForm(world, manager, edit(STATION), { version: '1' })).status).toBe(404);
  });

  it('tells the second of two administrators what the first changed, and keeps what was typed', async () => {
    const code = clinicCode(1);
    const second = await portalOf(world, 'demo.hpa');
    await show(hpa, edit(code));
    await show(second, edit(code));
    const first = await hpa.submit(isForm, { ...chosen, name: '甲改的名稱', reason: '更名' });
    expect(first.text).toContain('已儲存單位資料');
    const conflict = await second.submit(isForm, { ...chosen, address: '乙寫的地址' });
    expect(conflict.status).toBe(409);
    expect(conflict.text).toContain('剛剛被其他人修改');
    expect(conflict.text).toContain('甲改的名稱');
    expect(conflict.html).toContain('value="乙寫的地址"');
    expect((await second.submit(isForm, chosen)).text).toContain('已儲存單位資料');
    expect(await unit(code)).toMatchObject({ name: '甲改的名稱', address: '乙寫的地址', version: 3 });
    const detail = await show(hpa, `/console/units/${code}`);
    expect(detail.text).toContain('修改單位資料');
    expect(detail.text).toContain('更名');
  });

  it('keeps everything typed when something is wrong with it, and shows markup as text', async () => {
    const code = clinicCode(2);
    await show(hpa, edit(code));
    const page = await hpa.submit(isForm, {
      name: '<script>alert(1)</script>',
      email: 'nobody',
      phone: 'call',
    });
    expect(page.status).toBe(422);
    expect(page.html).toContain('value="&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(page.html).not.toContain('<script>alert');
    expect((await unit(code)).name).toBe('合成第2醫院');
    await hpa.submit(isForm, { ...chosen, name: '<b>醫院</b>', email: '', phone: '' });
    expect((await show(hpa, `/console/units/${code}`)).html).toContain('&lt;b&gt;醫院&lt;/b&gt;');
  });

  it('F17: is won by one of twenty at once', async () => {
    const code = clinicCode(3);
    const fields = { version: '1', name: '同時', nameEn: '', kind: 'hospital', town: '63000010' };
    const rest = { address: '', phone: '', email: '', level: '', reason: '' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, at) =>
        forgeForm(world, hpa, edit(code), { ...fields, ...rest, address: `第 ${at} 人` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await unit(code)).version).toBe(2);
  });
});
