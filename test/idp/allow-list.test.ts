import type { IncomingMessage } from 'node:http';
import { callerAddress } from '#kit/http/request.ts';
import { isAllowed, isInside } from '#idp/allow-list/index.ts';
import { parseNetwork } from '#idp/allow-list/policy.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { lastAudit } from './bindings-support.ts';

const PAGE = '/console/addresses';

describe('D10: a caller’s address behind our own proxies', () => {
  const PROXY = '192.0.2.1';
  it.each<[number, string | undefined, string]>([
    [0, '203.0.113.9', PROXY],
    [1, undefined, PROXY],
    [1, '203.0.113.9', '203.0.113.9'],
    [1, 'spoofed, 203.0.113.9', '203.0.113.9'],
    [1, '127.0.0.1,::1, 203.0.113.9', '203.0.113.9'],
    [1, '203.0.113.9, ', PROXY],
    [1, '2001:db8::9', '2001:db8::9'],
    [2, 'spoofed, 203.0.113.9, 198.51.100.7', '203.0.113.9'],
    [2, '203.0.113.9', PROXY],
    [1, 'x'.repeat(10_000), PROXY],
    [1, `${'1.1.1.1,'.repeat(1200)}203.0.113.9`, '203.0.113.9'],
    [1, "'; drop table account", PROXY],
    [1, '203.0.113.9:80', PROXY],
    [1, '\u0000', PROXY],
  ])('with %d of them, of %j, is %s', (hops, header, address) => {
    const headers = header === undefined ? {} : { 'x-forwarded-for': header };
    const req = { socket: { remoteAddress: PROXY }, headers } as unknown as IncomingMessage;
    expect(callerAddress(req, hops)).toBe(address);
  });
});

describe('addresses of the console', () => {
  let world: IdpWorld;
  let ops: Journey;
  let hpa: Journey;
  let manager: Journey;
  beforeAll(async () => {
    world = await startIdpWorld({ env: { IDP_TRUSTED_PROXY_HOPS: '1' } });
    [ops, hpa, manager] = (await Promise.all(
      ['demo.ops', 'demo.hpa', 'demo.manager'].map((name) => portalOf(world, name)),
    )) as [Journey, Journey, Journey];
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.database.db.deleteFrom('console_network').execute();
    await settled('ops', 200);
  });

  const browsers = () => ({ ops, hpa, manager });
  const open = (who: 'ops' | 'hpa' | 'manager', path = PAGE) => browsers()[who].open(world.issuer + path);
  /** Until what was changed has reached the replica. */
  const settled = (who: 'ops' | 'hpa' | 'manager', status: number, path = PAGE) =>
    eventually(async () => expect((await open(who, path)).status).toBe(status));
  const add = async (fields: Record<string, string>) => {
    await open('ops', `${PAGE}/new`);
    return ops.submit((form) => 'network' in form.fields, { note: '辦公室', ...fields });
  };
  const networks = () => world.database.db.selectFrom('console_network').select('role').execute();

  it('F18: an operator adds, sees and removes a network, in both languages; each deed leaves its record', async () => {
    expect((await open('ops')).text).toContain('目前不限制來源位址');
    const added = await add({ role: 'platform_ops', network: '127.0.0.0/8' });
    expect(added.text).toContain('已新增，立即生效');
    expect(added.text).toContain('127.0.0.0/8');
    await add({ role: 'platform_ops', network: '::1' });
    expect(await lastAudit(world, 'console_network.added')).toMatchObject({
      outcome: 'success',
      details: { via: 'console', role: 'platform_ops', network: '::1/128', reason: '辦公室' },
    });
    const [one] = await world.database.db.selectFrom('console_network').select('id').orderBy('id').execute();
    const english = await ops.open(`${world.issuer}${PAGE}/${one?.id}?lang=en`);
    expect(english.text).toContain('Removing the last entry of a role lifts its restriction');
    await ops.open(`${world.issuer}${PAGE}/${one?.id}?lang=zh-TW`);
    const refused = await ops.submit((form) => 'reason' in form.fields, { reason: ' ' });
    expect(refused.text).toContain('請填寫原因說明');
  });

  it('F18: who comes from elsewhere is refused at once, everywhere in the console, and managers are not concerned', async () => {
    await world.command('console', 'allow', 'hpa_admin', '203.0.113.0/24', '--reason', 'office');
    await settled('hpa', 403);
    for (const path of ['/console', PAGE, `${PAGE}/1`]) expect((await open('hpa', path)).status).toBe(403);
    expect((await open('manager', '/console')).status).toBe(200);
    expect((await open('ops')).status).toBe(200);
  });

  it('F18: believes no forwarded address but the one our own proxy added', async () => {
    await world.command('console', 'allow', 'hpa_admin', '203.0.113.0/24', '--reason', 'office');
    await settled('hpa', 403);
    const cookie = hpa.jar.header(new URL(world.issuer)) ?? '';
    const ask = (forwarded: string) =>
      fetch(world.issuer + PAGE, { headers: { cookie, 'x-forwarded-for': forwarded }, redirect: 'manual' });
    expect((await ask('203.0.113.9')).status).toBe(200);
    // what the caller wrote stands in front of what the proxy added
    expect((await ask('203.0.113.9, 198.51.100.7')).status).toBe(403);
    expect((await ask('203.0.113.9:80')).status).toBe(403);
  });

  it('F18: refuses a change that would lock out whoever makes it, and keeps what was typed', async () => {
    const page = await add({ role: 'platform_ops', network: '203.0.113.0/24' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('會使您目前的位址無法使用');
    expect(page.html).toContain('value="203.0.113.0/24"');
    expect(await networks()).toEqual([]);
    await add({ role: 'platform_ops', network: '127.0.0.1' });
    await add({ role: 'platform_ops', network: '::1' });
    await add({ role: 'platform_ops', network: '203.0.113.0/24' });
    // the list without the operator's own addresses: one goes, the other may not
    for (const own of await world.database.db
      .selectFrom('console_network')
      .select(['id', 'network'])
      .where('network', 'in', ['127.0.0.1/32', '::1/128'])
      .execute()) {
      await open('ops', `${PAGE}/${own.id}`);
      await ops.submit((form) => 'reason' in form.fields, { reason: '清理' });
    }
    expect((await networks()).length).toBe(2);
    expect((await open('ops')).status).toBe(200);
  });

  it('F18: two operators who each remove one of the last two networks cannot lock both out', async () => {
    await add({ role: 'platform_ops', network: '127.0.0.1' });
    await add({ role: 'platform_ops', network: '127.0.0.0/24' });
    await add({ role: 'platform_ops', network: '::1' });
    await add({ role: 'platform_ops', network: '203.0.113.0/24' });
    const rows = await world.database.db
      .selectFrom('console_network')
      .select('id')
      .where('network', '!=', '203.0.113.0/24')
      .execute();
    await Promise.all(
      rows.map(({ id }) => forgeForm(world, ops, `${PAGE}/${id}/removal`, { reason: '同時' })),
    );
    expect((await open('ops')).status).toBe(200);
  });

  it('F18: a faulty or listed network is refused with its reason', async () => {
    for (const network of ['', 'here', '203.0.113.0/33', '203.0.113.0/0', '::/0', '1.2.3', '1.2.3.4/8/9']) {
      const page = await add({ role: 'hpa_admin', network });
      expect(page.status).toBe(422);
      expect(page.text).toContain('請輸入正確的位址或 CIDR 範圍');
    }
    await add({ role: 'hpa_admin', network: '203.0.113.77/24' });
    expect((await add({ role: 'hpa_admin', network: '203.0.113.0/24' })).text).toContain('已經在清單中');
    expect((await open('ops')).text).toContain('203.0.113.0/24');
  });

  it('break-glass: a command lets in whoever locked everybody out', async () => {
    await world.command('console', 'allow', 'platform_ops', '203.0.113.0/24', '--reason', 'mistake');
    await settled('ops', 403);
    const { code, output } = await world.command(
      'console',
      'allow',
      'platform_ops',
      '127.0.0.0/8',
      '--reason',
      'in',
    );
    expect([code, output.trim()]).toEqual([0, 'platform_ops may use the console from 127.0.0.0/8']);
    await world.command('console', 'allow', 'platform_ops', '::1', '--reason', 'in');
    await settled('ops', 200);
    expect((await world.command('console', 'allowed')).output).toContain('203.0.113.0/24');
    expect((await world.command('console', 'disallow', 'platform_ops', 'all', '--reason', 'open')).code).toBe(
      0,
    );
    expect((await world.command('console', 'allow', 'user', '::1', '--reason', 'x')).code).toBe(1);
    expect(await lastAudit(world, 'console_network.removed')).toMatchObject({ details: { via: 'command' } });
  });

  it('other people change nothing: 403, and no row', async () => {
    for (const who of [hpa, manager]) {
      const answer = await forgeForm(world, who, PAGE, { role: 'hpa_admin', network: '127.0.0.1', note: '' });
      expect(answer.status).toBe(403);
    }
    expect(await networks()).toEqual([]);
  });
});

describe('networks', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['2001:db8::/32', '2001:db8:1::5', true],
    ['2001:db8::/32', '203.0.113.9', false],
    ['203.0.113.7/32', '203.0.113.7', true],
    ['203.0.113.0/24', 'unknown', false],
  ])('%s holds %s: %s', (network, address, inside) => {
    expect(isInside(network, address)).toBe(inside);
  });

  it('a role without networks is open, another role’s networks do not concern it', () => {
    const list = [{ role: 'hpa_admin' as const, network: '203.0.113.0/24' }];
    expect(isAllowed(list, 'platform_ops', '198.51.100.1')).toBe(true);
    expect(isAllowed(list, 'hpa_admin', '198.51.100.1')).toBe(false);
    expect(parseNetwork(' 2001:db8::/032 ')).toBe('2001:db8::/32');
  });
});
