import pg from 'pg';
import { recordAudit, recordConsoleDeed } from '#idp/audit/index.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const PAGE = '/console/audit';
const DAY = 86_400_000;

describe('the audit trail in the console', () => {
  let world: IdpWorld;
  let hpa: Journey;
  let manager: Journey;
  beforeAll(async () => {
    world = await startIdpWorld();
    [hpa, manager] = (await Promise.all(
      ['demo.hpa', 'demo.manager'].map((name) => portalOf(world, name)),
    )) as [Journey, Journey];
  });
  afterAll(() => world.stop());

  const open = (path: string, who = hpa) => who.open(world.issuer + path);
  const idOf = async (type: string): Promise<number> => (await lastAudit(world, type))?.id ?? 0;

  it('J3: each security event leaves exactly one record: who, what, when in UTC, where, unit, result', async () => {
    const { db } = world.database;
    const nurse = await personOf(world, 'demo.nurse');
    const { unit_code: unit } = await db
      .selectFrom('account')
      .select('unit_code')
      .where('id', '=', nurse.id)
      .executeTakeFirstOrThrow();
    const browser = browserOf(world);
    const events: [string, () => Promise<unknown>, { outcome: string; reason: string | null }][] = [
      [
        'sign_in.refused',
        async () => {
          await browser.open(`${world.issuer}/sign-in`);
          await browser.submit((form) => 'captcha' in form.fields, {
            ...{ account: 'demo.nurse', password: 'wrong-Password-1', captcha: '24680' },
          });
        },
        { outcome: 'refused', reason: expect.any(String) as string },
      ],
      [
        'sign_in.succeeded',
        async () => {
          await browser.open(`${world.issuer}/sign-in`);
          await signIn(browser, 'demo.nurse');
        },
        { outcome: 'success', reason: null },
      ],
      [
        'session.ended',
        () => forgeForm(world, browser, '/sign-out', {}),
        { outcome: 'success', reason: null },
      ],
    ];
    for (const [type, deed, expected] of events) {
      const since = Date.now();
      const count = async () =>
        db
          .selectFrom('audit_event')
          .selectAll()
          .where('type', '=', type)
          .where('account_id', '=', nurse.id)
          .execute();
      const before = (await count()).length;
      await deed();
      await eventually(async () => expect((await count()).length).toBe(before + 1));
      const record = (await count()).at(-1);
      expect(record).toMatchObject({
        ...expected,
        type,
        account_id: nurse.id,
        unit_code: unit,
        ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) as string,
        request_id: expect.any(String) as string,
      });
      expect(record?.at.getTime()).toBeGreaterThanOrEqual(since - 5);
    }
  });

  it('P-45, J3: a national administrator finds records by period, kind, people, unit, outcome and request', async () => {
    const record = await lastAudit(world, 'sign_in.succeeded');
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() + 8 * 3_600_000 - DAY).toISOString().slice(0, 10);
    for (const [query, found] of [
      [`from=${today}&to=${today}`, true],
      [`to=${yesterday}`, false],
      ['noun=sign_in&outcome=success&person=demo.nurse', true],
      ['actor=DEMO.NURSE', true],
      ['actor=nobody', false],
      ['noun=unit', false],
      [`unit=${record?.unit_code}`, true],
      [`request=${record?.request_id}`, true],
      ['type=sign_in.succeeded&outcome=refused', false],
    ] as const) {
      const { text, html } = await open(`${PAGE}?${query}`);
      expect([query, html.includes(`${PAGE}/${record?.id}"`)]).toEqual([query, found]);
      if (found) expect(text).toContain('登入 成功');
    }
    expect((await open(`${PAGE}?person=demo.nurse&lang=en`)).text).toContain('Sign-in succeeded');
    await open(`${PAGE}?lang=zh-TW`);
    for (const bad of ['from=2026-13-40', "actor='x", 'outcome=maybe', 'type=%00']) {
      expect([200, 400, 422]).toContain((await open(`${PAGE}?${bad}`)).status);
    }
  });

  it('F2, F4: a unit manager sees the own unit’s records and no other, on every path', async () => {
    const { db } = world.database;
    const rows = await db
      .selectFrom('audit_event')
      .select(['id', 'unit_code'])
      .orderBy('id', 'desc')
      .limit(50)
      .execute();
    const { unit_code: own } = await db
      .selectFrom('account')
      .select('unit_code')
      .where('login_name', '=', 'demo.manager')
      .executeTakeFirstOrThrow();
    const foreign = rows.filter(({ unit_code }) => unit_code !== own);
    const mine = rows.filter(({ unit_code }) => unit_code === own);
    expect([foreign.length > 0, mine.length > 0]).toEqual([true, true]);
    const list = await open(PAGE, manager);
    for (const { id } of foreign) {
      expect(list.html).not.toContain(`${PAGE}/${id}"`);
      expect((await open(`${PAGE}/${id}`, manager)).status).toBe(404);
    }
    for (const { id } of mine.slice(0, 3)) expect((await open(`${PAGE}/${id}`, manager)).status).toBe(200);
    const unit = foreign.find(({ unit_code }) => unit_code !== null)?.unit_code;
    expect((await open(`${PAGE}?unit=${unit}`, manager)).html).not.toMatch(/\/console\/audit\/\d+"/);
    const file = await open(`${PAGE}/export?format=csv&unit=${unit}`, manager);
    expect(file.html.trim().split('\n')).toHaveLength(1);
    for (const path of ['/console/audit-seals', '/console/audit-verifications']) {
      expect((await open(path, manager)).status).toBe(403);
    }
    for (const id of ['0', '999999999', 'x', '1e3', '-1', '99999999999999999999']) {
      expect((await open(`${PAGE}/${id}`, manager)).status).toBe(404);
    }
  });

  it('shows one record whole: before and after, hidden where personal, and its seal', async () => {
    const { db } = world.database;
    const { id: accountId } = await personOf(world, 'demo.hpa');
    await db.transaction().execute((trx) =>
      recordConsoleDeed(
        trx,
        { accountId, role: 'hpa_admin', unitCode: '1', session: { uid: 'S' } },
        {
          type: 'unit.changed',
          target: { kind: 'unit', id: '0936' },
          unitCode: '9876543210',
          changes: { status: ['active', '<b>closed</b>'], contactEmail: ['a@b.example', 'c@d.example'] },
          reason: '<script>alert(1)</script>',
          from: { ip: '192.0.2.1', userAgent: 'Browser\u001b[31m', requestId: 'R-1' },
        },
      ),
    );
    const id = await idOf('unit.changed');
    const page = await open(`${PAGE}/${id}`);
    expect(page.text).toContain('單位 變更');
    expect(page.text).toContain('內容屬個人資料或機密');
    expect(page.html).not.toMatch(/<script>alert|<b>closed|b\.example/);
    expect(page.html).not.toContain('\u001b');
    expect(page.html).toContain('&lt;b&gt;closed');
    await eventually(
      async () => expect((await open(`${PAGE}/${id}`)).text).not.toContain('尚未封存'),
      20_000,
    );
  });

  it('pages through many records by key, forged cursors refused, and exports them formula-safe, itself recorded', async () => {
    const { db } = world.database;
    for (let nr = 0; nr < 120; nr += 1) {
      await recordAudit(db, { type: 'many.done', clientId: nr === 0 ? '=cmd|calc' : `c${nr}` });
    }
    const seen: string[] = [];
    let address: string | undefined = `${PAGE}?type=many.done`;
    while (address !== undefined) {
      const page = await open(address);
      const ids = [...page.html.matchAll(/\/console\/audit\/(\d+)"/g)].map(([, id]) => id ?? '');
      seen.push(...ids);
      address = /rel="next" href="([^"]+)"/
        .exec(page.html)?.[1]
        ?.replaceAll('&amp;', '&')
        .replaceAll('&#x3D;', '=');
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
    expect((await open(`${PAGE}?type=many.done&after=AAAA`)).status).toBe(400);

    for (const format of ['csv', 'xlsx', 'ods']) {
      const file = await open(`${PAGE}/export?format=${format}&type=many.done`);
      expect(file.status).toBe(200);
      if (format !== 'csv') continue;
      expect(file.html.trim().split('\n')).toHaveLength(121);
      expect(file.html).toContain("'=cmd|calc");
    }
    expect(await lastAudit(world, 'list.exported')).toMatchObject({
      details: { list: 'audit', format: 'ods', filters: ['type'] },
    });
  });

  it('J5: verifies in the background with progress, names what a superuser changed, and records it', async () => {
    const { db } = world.database;
    await eventually(async () => {
      const { count } = await db
        .selectFrom('audit_seal')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBeGreaterThan(1);
    }, 20_000);
    const verify = async () => {
      await open('/console/audit-verifications');
      const page = await hpa.submit((form) => 'from' in form.fields, {});
      expect(page.url.pathname).toMatch(/^\/console\/audit-verifications\/[0-9a-f-]{36}$/);
      const path = page.url.pathname;
      await eventually(async () => expect((await open(path)).text).not.toContain('進行中'), 20_000);
      return open(path);
    };
    expect((await verify()).text).toContain('完整，未被更動');
    const sealed = await db
      .selectFrom('audit_seal')
      .select('first_id')
      .orderBy('number')
      .executeTakeFirstOrThrow();
    const client = new pg.Client({ connectionString: world.env['IDP_DATABASE_URL'] });
    await client.connect();
    await client.query(`set session_replication_role = 'replica'`);
    await client.query(`update audit_event set ip = '192.0.2.99' where id = $1`, [sealed.first_id]);
    await client.end();
    const page = await verify();
    expect(page.text).toContain('發現更動');
    expect(page.text).toContain(`record ${sealed.first_id} seal 1`);
    expect(await lastAudit(world, 'audit.verified')).toMatchObject({ outcome: 'refused', reason: 'altered' });
    const { code, output } = await world.command('audit', 'verify');
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(`record changed: record ${sealed.first_id} seal 1`),
    ]);

    const faulty = await forgeForm(world, hpa, '/console/audit-verifications', {
      from: '2026-99-01',
      to: '',
    });
    expect(faulty.status).toBe(422);
    expect((await open('/console/audit-verifications/00000000-0000-4000-8000-000000000000')).status).toBe(
      404,
    );
    const seals = await open('/console/audit-seals');
    expect(seals.text).toContain('近 14 天封存的紀錄數');
  });
});
