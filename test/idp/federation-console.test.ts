import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFederation } from '../support/authorities.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';

const PAGE = '/console/federation';
const TRY = `${PAGE}/chain`;
const KEYS = `${PAGE}/keys`;
const CHECK = `${KEYS}/vouching`;

describe('the console’s page of the federation', () => {
  let world: IdpWorld;
  let federation: Awaited<ReturnType<typeof startFederation>>;
  let folder: string;
  let ops: Journey;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'federation-'));
    [world, federation] = await Promise.all([startIdpWorld(), startFederation(() => new Date())]);
    ops = await portalOf(world, 'demo.ops');
  });
  afterAll(async () => {
    await world.stop();
    await federation.stop();
    await rm(folder, { recursive: true });
  });
  const open = (browser: Journey) => browser.open(`${world.issuer}${PAGE}?lang=zh-TW`);
  const tried = async (entity: string) => {
    await open(ops);
    return ops.submit((form) => form.action === TRY, { entity });
  };

  it('says that we are in none, and tries nothing then', async () => {
    const page = await open(ops);
    for (const words of ['尚未加入聯盟', '沒有任何系統可憑信任鏈註冊']) expect(page.text).toContain(words);
    expect(page.forms.some(({ action }) => action === TRY)).toBe(false);
    expect((await forgeForm(world, ops, TRY, { entity: federation.county })).status).toBe(422);
  });

  it('shows who we are, whom we believe, and who came by a chain until when; managers see none of it', async () => {
    const file = path.join(folder, 'federation.json');
    const applied = {
      ...{ organizationName: '示範部會', authorityHints: [federation.anchor] },
      trustAnchors: [{ entityId: federation.anchor, jwks: federation.anchorJwks }],
    };
    await writeFile(file, JSON.stringify(applied));
    expect(await world.command('federation', 'apply', file)).toMatchObject({ code: 0 });
    for (const [name, expires] of [
      ['good', new Date(Date.now() + 3_600_000)],
      ['<b>old</b>', new Date(Date.now() - 3_600_000)],
    ] as const) {
      const id = `https://clinic.example/${name}`;
      await world.database.query('insert into client (client_id, metadata) values ($1, $2)', [id, '{}']);
      await world.database.query(
        `insert into federation_client (client_id, policy, anchor, registered_at, expires_at) values ($1, 'clinic', $2, now(), $3)`,
        [id, federation.anchor, expires.toISOString()],
      );
    }
    await world.database.query(
      `update federation_client set failure = 'unreachable', failed_at = now(), renews = false where client_id like '%good'`,
      [],
    );
    const page = await open(ops);
    const failed = ['最近一次更新於', '失敗：對方或其上級機構沒有回應'];
    const whole = [
      '已加入聯盟',
      '示範部會',
      world.issuer,
      federation.anchor,
      '信任鏈有效至',
      '到期前須由對方再次註冊',
      '到期',
      ...failed,
    ];
    for (const words of whole) expect(page.text).toContain(words);
    expect(page.html).not.toContain('<b>old');
    const manager = await portalOf(world, 'demo.manager');
    expect((await open(manager)).status).toBe(403);
    expect((await forgeForm(world, manager, TRY, { entity: federation.county })).status).toBe(403);
  });

  it('tries a chain: the path, until when, marks and metadata, or the rule that is broken', async () => {
    const good = await tried(federation.county);
    for (const words of ['信任鏈成立', `${federation.county} ← ${federation.anchor}`, '沒有有效的信任標章']) {
      expect(good.text).toContain(words);
    }
    expect(good.text).toContain('organization_name: County');
    federation.change('ministry', { constraints: { naming_constraints: { excluded: ['localhost'] } } });
    const bad = await tried(federation.county);
    for (const words of ['信任鏈不成立', '網址不在上級機構允許的範圍']) expect(bad.text).toContain(words);
    const unknown = await tried(`${federation.county}/nobody`);
    expect(unknown.text).toContain('沒有回應');
    const wrong = await tried('"><script>alert(1)</script>');
    expect([wrong.status, wrong.html.includes('<script>alert')]).toEqual([422, false]);
    expect(wrong.forms.find(({ action }) => action === TRY)?.fields['entity']).toBe(
      '"><script>alert(1)</script>',
    );
  });

  it('I1: asks ten times a minute for one administrator, and no more', async () => {
    const answers: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      answers.push((await forgeForm(world, ops, TRY, { entity: `${federation.county}/nobody` })).status);
    }
    expect(answers.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.slice(-2)).toEqual([429, 429]);
  });

  it('§3.1.3, §8.1: shows the federation keys with their times, and whether the superior vouches for each', async () => {
    const look = () => ops.open(`${world.issuer}${KEYS}`);
    const check = async (browser = ops) => {
      await browser.open(`${world.issuer}${KEYS}?lang=zh-TW`);
      return browser.submit((form) => form.action === CHECK, {});
    };
    const first = await look();
    expect(first.text).toMatch(/簽章中，自 .* 起。事由：first federation key/);
    expect((await check()).text).toContain('沒有關於本平台的聲明：對方或其上級機構沒有回應');

    const published = async () => {
      const { output } = await world.command('federation', 'keys');
      return JSON.parse(output.slice(output.indexOf('{'))) as { keys: { kid: string }[] };
    };
    const member = (jwks: object) => ({
      subordinates: [{ entityId: world.issuer, jwks, entityTypes: ['openid_provider'] }],
    });
    const before = await published();
    const [active] = before.keys;
    federation.change('ministry', member(before));
    expect((await check()).text).toContain('已認可所有公布中的金鑰');
    const { output: announced } = await world.command('federation', 'rotate', '--reason', '<b>每年</b>');
    const next = announced.split(' ')[0] ?? '';
    const page = await look();
    expect(page.text).toMatch(new RegExp(`${next} 已公布，等所有上級機構認可後.*事由：<b>每年</b>`));
    expect(page.html).not.toContain('<b>每年');
    expect((await check()).text).toContain(`尚未認可 ${next}`);
    federation.change('ministry', member(await published()));
    expect((await check()).text).toContain('已認可所有公布中的金鑰');
    federation.change(
      'ministry',
      member({ keys: (await published()).keys.filter((key) => key.kid === next) }),
    );
    expect((await check()).text).toContain(`未認可正在簽章的 ${active?.kid}`);
    expect(await world.command('federation', 'revoke', next, '--reason', 'leaked')).toMatchObject({
      code: 0,
    });
    expect((await look()).text).toMatch(new RegExp(`${next} 已於 .* 撤銷。事由`));

    const manager = await portalOf(world, 'demo.manager');
    expect((await manager.open(`${world.issuer}${KEYS}`)).status).toBe(403);
    expect((await forgeForm(world, manager, CHECK, {})).status).toBe(403);
    const evil = { origin: 'https://evil.example' };
    expect((await forgeForm(world, ops, CHECK, {}, evil)).status).toBe(403);
  });

  it('F13, F15: announces a successor and revokes a key with a reason, on one operator’s word that another confirms', async () => {
    const [agency, manager] = await Promise.all([
      portalOf(world, 'demo.hpa'),
      portalOf(world, 'demo.manager'),
    ]);
    const look = (to: string, browser = ops) => browser.open(`${world.issuer}${to}`);
    const decide = (browser: Journey, reason: string) =>
      browser.submit((form) => 'reason' in form.fields, { reason });
    await look(`${KEYS}?lang=zh-TW`);
    const rotation = `${KEYS}/rotation`;
    await look(rotation);
    const empty = await decide(ops, ' ');
    expect([empty.status, empty.text]).toEqual([422, expect.stringContaining('請填寫')]);
    expect((await decide(ops, '定期輪替 <i>x</i>')).text).toContain('已公布下一把聯盟金鑰');
    const page = await look(KEYS);
    expect(page.text).toContain('等所有上級機構認可後開始簽章。事由：定期輪替 <i>x</i>');
    expect((await look(rotation)).text).toContain('下一把聯盟金鑰已公布');
    expect((await forgeForm(world, ops, rotation, { reason: 'twice' })).status).toBe(409);

    const rows = await world.database.query(
      'select kid from federation_key where awaits_superiors and revoked_at is null',
      [],
    );
    const next = String(rows[0]?.['kid']);
    const revocation = `${KEYS}/${next}/revocation`;
    for (const path of [rotation, revocation]) {
      for (const browser of [agency, manager]) expect((await look(path, browser)).status).toBe(403);
      const evil = { origin: 'https://evil.example' };
      expect((await forgeForm(world, ops, path, { reason: 'x' }, evil)).status).toBe(403);
    }
    expect((await look(`${KEYS}/nobodys/revocation`)).status).toBe(404);
    await look(revocation);
    const revoked = await decide(ops, '疑似外洩');
    expect(revoked.text).toContain('聯盟金鑰已撤銷');
    expect(revoked.text).toMatch(new RegExp(`${next} 已於 .* 撤銷。事由：疑似外洩`));
    expect((await forgeForm(world, ops, revocation, { reason: 'twice' })).status).toBe(409);
    expect((await look('/console', agency)).text).toContain('等待第二人在 24 小時內確認');
    const confirmation = `/console/signing-keys/${next}/confirmation`;
    expect((await forgeForm(world, ops, confirmation, { reason: 'mine' })).status).toBe(403);
    await look(confirmation, agency);
    expect((await decide(agency, '已電話確認')).text).toContain('已確認撤銷');
    expect((await forgeForm(world, agency, confirmation, { reason: 'twice' })).status).toBe(409);
    const types = await world.database.query(
      `select type from audit_event where type like 'federation%key%' or type like 'signing_key.rev%' order by id`,
      [],
    );
    expect(types.map(({ type }) => type).slice(-3)).toEqual([
      ...['federation_key.created', 'federation_key.revoked', 'signing_key.revocation_confirmed'],
    ]);
  });
});
