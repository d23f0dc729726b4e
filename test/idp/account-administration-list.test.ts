import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { maskName } from '#idp/accounts/index.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { STATION, addPerson, idOf } from './account-administration-world.ts';

const DAY = 86_400_000;

describe('the list of accounts', () => {
  let world: IdpWorld;
  let manager: Journey;
  let hpa: Journey;

  beforeAll(async () => {
    world = await startIdpWorld({ env: { IDP_EXPORT_ROWS: '11' } });
    await addPerson(world, { loginName: 'station.one', unitCode: STATION, name: '許護理' });
    await addPerson(world, { loginName: 'hospital.gone', status: 'disabled', name: '=1+1' });
    await addPerson(world, { loginName: 'hospital.past', expiresAt: new Date(Date.now() - DAY) });
    await addPerson(world, { loginName: 'hospital.script', name: '<script>alert(1)</script>' });
    await addPerson(world, { loginName: 'hospital.boss', role: 'unit_manager' });
    await addPerson(world, {
      loginName: 'hospital.id',
      nationalId: syntheticNationalId('D', 2, 77),
      email: 'Findable@example.invalid',
    });
    manager = await portalOf(world, 'demo.manager');
    hpa = await portalOf(world, 'demo.hpa');
  });
  afterAll(() => world.stop());

  const show = (browser: Journey, query = '') => browser.open(`${world.issuer}/console/accounts${query}`);
  const names = (text: string) => text.match(/(demo|hospital|station)\.[a-z]+/g) ?? [];
  const file = async (browser: Journey, query = '') => {
    const cookie = browser.jar.header(new URL(world.issuer));
    const address = encodeURI(`/console/accounts/export?format=csv${query}`);
    return rawRequest(world.issuer, 'GET', address, {
      headers: { cookie },
    });
  };

  it('P-44: shows a manager the own unit, and the national administration all', async () => {
    const own = await show(manager);
    expect(own.text).toContain('人員帳號密碼角色設定');
    for (const column of ['單位代碼', '單位名稱', '使用者角色', '使用者帳號', '使用者姓名', '帳號狀態']) {
      expect(own.text).toContain(column);
    }
    expect(names(own.text)).toContain('demo.nurse');
    expect(names(own.text)).not.toContain('station.one');
    expect(names((await show(hpa)).text)).toEqual(expect.arrayContaining(['demo.nurse', 'station.one']));
  });

  it('F2: never shows, counts or exports another unit’s accounts, whatever is asked', async () => {
    for (const query of [`?unit=${STATION}`, '?login=station', '?name=許', '?unit_name=衛生所']) {
      const page = await show(manager, query);
      expect([query, page.status, names(page.text)]).toEqual([query, 200, []]);
      expect(page.text).toContain('共 0 筆');
      expect((await file(manager, query.replace('?', '&'))).body).not.toContain('station.one');
    }
  });

  it.each([
    ['unit=231117', ['station.one']],
    ['unit_name=衛生所', ['station.one']],
    ['login=HOSPITAL.GO', ['hospital.gone']],
    ['name=許', ['station.one']],
    ['email=findable@', ['hospital.id']],
    [`national_id=${syntheticNationalId('D', 2, 77).toLowerCase()}`, ['hospital.id']],
    ['role=platform_ops', ['demo.ops']],
    ['status=disabled', ['hospital.gone']],
    ['status=expired', ['hospital.past']],
    ['system=cancer', ['demo.nurse']],
    ['role=unit_manager&unit=9876543210&sort=-login', ['hospital.boss', 'demo.manager']],
  ])('P-44: finds by %s', async (query, expected) => {
    const page = await show(hpa, `?${query}`);
    expect(page.status).toBe(200);
    const rows = [...page.html.matchAll(/<tr>\s*<t[dh][\s\S]*?<\/tr>/g)].map(([row]) => row).join(' ');
    expect([...new Set(names(rows.replaceAll(/aria-label="[^"]*"/g, '')))]).toEqual(expected);
  });

  it('SM-10: finds those whose sign-in is locked now', async () => {
    expect(names((await show(hpa, '?status=locked')).text)).toEqual([]);
    const { database } = world;
    const victim = await portalOf(world, 'demo.new');
    expect(victim.page()?.status).toBe(200);
    const wrong = { account: 'demo.new', password: 'Not*the*password1' };
    const { browserOf } = await import('../support/relying-party.ts');
    for (let tries = 0; tries < 3; tries += 1) {
      const guest = browserOf(world);
      await guest.open(`${world.issuer}/sign-in`);
      await guest.submit((form) => 'captcha' in form.fields, { ...wrong, captcha: '24680' });
    }
    expect(names((await show(hpa, '?status=locked')).text)).toContain('demo.new');
    expect((await show(hpa, '?login=demo.new')).text).toContain('鎖定');
    await database.db.deleteFrom('attempt_throttle').execute();
    expect(names((await show(hpa, '?status=locked')).text)).toEqual([]);
  });

  it('F14: shows a script in a name as text, and no formula leaves in a file', async () => {
    const page = await show(manager, '?login=hospital.script');
    expect(page.html).not.toContain('<script>alert');
    expect(page.text).toContain('<script>alert(1)</script>');
    expect((await file(manager)).body).not.toMatch(/(^|,|")=1/m);
  });

  it('P-44: masks names and ID numbers in files, and records each file', async () => {
    const { body, status } = await file(manager, '&login=demo.nurse');
    expect(status).toBe(200);
    expect(body).toContain('王O範');
    expect(body).toMatch(/C20\*{4}\d{3}/);
    expect(body).not.toContain('王示範');
    const event = await world.database.db
      .selectFrom('audit_event')
      .select(['account_id', 'details'])
      .where('type', '=', 'list.exported')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({
      account_id: await idOf(world, 'demo.manager'),
      details: { list: 'accounts', filters: ['login'] },
    });
    expect([maskName('張小傾'), maskName('王明'), maskName('歐陽小明'), maskName('Ann Lee')]).toEqual([
      '張O傾',
      '王O',
      '歐OO明',
      'AO LO',
    ]);
  });

  it('G7: refuses a file of more rows than may leave in one before it begins, and records that', async () => {
    const refused = await file(hpa);
    expect([refused.status, refused.body.includes('demo.nurse')]).toEqual([422, false]);
    expect(refused.body).toContain('超過一次可匯出的 11 筆');
    const event = await world.database.db
      .selectFrom('audit_event')
      .select(['account_id', 'outcome', 'reason'])
      .where('type', '=', 'list.exported')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(event).toEqual({
      account_id: await idOf(world, 'demo.hpa'),
      outcome: 'refused',
      reason: 'too_many_rows',
    });
    expect((await file(hpa, '&login=demo.nurse')).status).toBe(200);
  });

  it('F17: refuses forged cursors and orders, and shows faulty filters as faulty', async () => {
    for (const query of ['?after=AAAA', '?sort=password', '?login=a&login=b']) {
      expect([query, (await show(hpa, query)).status]).toEqual([query, 400]);
    }
    for (const query of ['?unit=%27%3B--', '?role=root', '?national_id=1']) {
      const page = await show(hpa, query);
      expect([query, page.status, names(page.text)]).toEqual([query, 422, []]);
    }
  });

  it('F17: pages through all without losing or repeating anybody, and a cursor serves its own list alone', async () => {
    for (let at = 0; at < 60; at += 1) {
      await addPerson(world, {
        loginName: `station.p${String(at).padStart(2, '0')}`,
        unitCode: STATION,
        name: '同名人',
      });
    }
    for (const sort of ['login', '-login', 'name', '-unit']) {
      const seen: string[] = [];
      let address: string | undefined = `?unit=${STATION}&sort=${sort}`;
      let next: string | undefined;
      while (address !== undefined) {
        const page = await show(hpa, address);
        seen.push(...(page.html.match(/(?<=>)station\.(p\d\d|one)(?=<)/g) ?? []));
        next = /rel="next" href="[^?]*(\?[^"]*)"/
          .exec(page.html)?.[1]
          ?.replaceAll('&amp;', '&')
          .replaceAll('&#x3D;', '=');
        if (next === undefined) break;
        const stolen = next.replace(STATION, '9876543210');
        expect((await show(hpa, stolen)).status).toBe(400);
        address = next;
      }
      expect([sort, seen.length, new Set(seen).size]).toEqual([sort, 61, 61]);
    }
  });

  it('F1: is nothing for a plain user', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const answer = await rawRequest(world.issuer, 'GET', '/console/accounts', {
      headers: { ...FORM, cookie: nurse.jar.header(new URL(world.issuer)) },
    });
    expect(answer.status).not.toBe(200);
  });
});
