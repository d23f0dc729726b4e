import { alarmUnconfirmed } from '#idp/signing-keys/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { createRelyingParty } from '../support/relying-party.ts';

const KEYS = '/console/signing-keys';

describe('signing keys in the console', () => {
  let world: IdpWorld;
  let ops: Journey;
  let agency: Journey;
  let manager: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    ops = await portalOf(world, 'demo.ops');
    agency = await portalOf(world, 'demo.hpa');
    manager = await portalOf(world, 'demo.manager');
  });
  afterAll(() => world.stop());

  const open = (path: string, browser = ops): Promise<Page> => browser.open(world.issuer + path);
  const published = async (): Promise<string[]> => {
    const { keys } = (await (await fetch(`${world.issuer}/oidc/jwks`)).json()) as {
      keys: { kid: string; alg: string }[];
    };
    return keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
  };
  const decide = (browser: Journey, reason: string): Promise<Page> =>
    browser.submit((form) => 'reason' in form.fields, { reason });

  it('draws the states on a line of time with the same in a table, in both languages', async () => {
    const page = await open(KEYS);
    expect(page.html).toMatch(
      /<svg class="key-line"[^>]*role="img"[^>]*aria-labelledby="line-title line-desc"/,
    );
    expect(page.text).toContain('簽章中');
    expect((await open(`${KEYS}?lang=en`)).text).toContain('Time line');
    await open(`${KEYS}?lang=zh-TW`);
  });

  it('F13: rotates by the service the command uses, with a reason, and shows the next change', async () => {
    await open(`${KEYS}/rotation`);
    expect((await decide(ops, '')).status).toBe(422);
    const page = await decide(ops, '定期輪替');
    expect(page.text).toContain('已公布下一把金鑰');
    expect(page.text).toContain('開始簽章');
    await eventually(async () => expect(await published()).toHaveLength(2));
    const { output } = await world.command('keys', 'list');
    expect(output).toContain('定期輪替');
    expect((await open(`${KEYS}/rotation`)).text).toContain('下一把金鑰已公布');
    const again = await forgeForm(world, ops, `${KEYS}/rotation`, { reason: 'twice at once' });
    expect(again.headers['location']).toContain('done=announced');
    expect(await published()).toHaveLength(2);
  });

  it('tells which clients have fetched the newest key set, by the address they authenticate from', async () => {
    const rp = await createRelyingParty(world, 'service-app');
    await eventually(async () => expect(await published()).toHaveLength(2)); // a fetch of the newest set
    expect((await open(KEYS)).text).toMatch(/service-app\s*一日內未使用/);
    const answer = await fetch(`${world.issuer}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', scope: 'service:run' },
        resource: 'https://service.example/api',
      }),
      headers: {
        authorization: `Basic ${Buffer.from('service-app:a-synthetic-client-secret-for-tests').toString('base64')}`,
      },
    });
    expect(answer.status).toBe(200);
    expect(rp.config.serverMetadata().issuer).toBe(world.issuer);
    await published();
    await eventually(async () => expect((await open(KEYS)).text).toMatch(/service-app\s*已取得/), 12_000);
    const writes = await world.database.db.selectFrom('jwks_fetch').select('kid').execute();
    expect(writes.length).toBeLessThan(4); // a row for an address and a key, however many fetches
  });

  it('names whom the next key waits for, by when it signs all the same, and lets it be taken back', async () => {
    const { db } = world.database;
    const elsewhere = { client_id: 'cancer-screening', address: '10.9.9.9', seen_at: new Date() };
    await db.insertInto('client_address').values(elsewhere).execute();
    const page = await open(KEYS);
    expect(page.text).toMatch(
      /下一把金鑰：ES256.*期限.*尚未下載的用戶端：\s*cancer-screening.*下一把金鑰：RS256/,
    );
    expect(page.text).toMatch(/cancer-screening\s*等待下載/);
    expect(page.text).toContain('至少公布 1 天');
    const [active = '', next = ''] = await published();
    expect((await open(`${KEYS}/${active}/retirement`)).text).toContain('正在簽章，請先輪替');
    expect((await forgeForm(world, ops, `${KEYS}/${active}/retirement`, { reason: 'x' })).status).toBe(409);
    await open(`${KEYS}/${next}/retirement`);
    expect((await decide(ops, '<b>選錯機器</b>')).text).toContain('金鑰已停止公布');
    await eventually(async () => expect(await published()).toEqual([active]), 5000);
    expect((await open(`${KEYS}/algorithms/none/rotation`)).status).toBe(404);
    const asked = await open(`${KEYS}/algorithms/ES256/rotation`);
    expect(asked.text).toMatch(/ES256 公布下一把：.* 起可簽章，最遲/);
    expect(asked.text).not.toContain('RS256');
    await decide(ops, '再輪替一次');
    await eventually(async () => expect(await published()).toHaveLength(2), 5000);
  });

  it('revokes at once on one operator’s word; somebody else confirms, and not the one who did it', async () => {
    const [active = ''] = await published();
    await open(`${KEYS}/${active}/revocation`);
    const page = await decide(ops, '疑似外洩 <i>x</i>');
    expect(page.text).toContain('金鑰已撤銷並停用');
    expect(page.html).not.toContain('<i>x</i>');
    await eventually(async () => expect(await published()).not.toContain(active), 3000);
    // it stands above every page for those who may confirm
    expect((await open('/console', agency)).text).toContain('等待第二人在 24 小時內確認');
    expect((await open('/console', manager)).text).not.toContain('等待第二人');
    const mails = await world.database.db
      .selectFrom('mail_message')
      .select('kind')
      .where('kind', '=', 'key_revoked')
      .execute();
    expect(mails).toHaveLength(2);

    const confirmation = `${KEYS}/${active}/confirmation`;
    expect((await open(confirmation)).text).toContain('不能由您確認');
    expect((await forgeForm(world, ops, confirmation, { reason: 'mine' })).status).toBe(403);
    expect((await open(confirmation, manager)).status).toBe(403);
    await open(confirmation, agency);
    expect((await decide(agency, '已電話確認')).text).toContain('已確認撤銷');
    expect((await forgeForm(world, agency, confirmation, { reason: 'twice' })).status).toBe(409);
    expect((await open('/console', agency)).text).not.toContain('等待第二人');
    const types = await world.database.db
      .selectFrom('audit_event')
      .select('type')
      .where('type', 'like', 'signing_key.%')
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    expect(types).toEqual([{ type: 'signing_key.revocation_confirmed' }]);
  });

  it('raises an alarm once when nobody confirms within a day: banner, mail and record', async () => {
    const [active = ''] = await published();
    const run = await world.command('keys', 'revoke', active, '--reason', 'found in a backup');
    expect(run.code).toBe(0);
    const { db } = world.database;
    const keyring = createKeyring(String(world.env['IDP_MASTER_KEYS']));
    const inADay = () => new Date(Date.now() + 24 * 3_600_000 + 1000);
    const deps = { db, keyring, issuer: world.issuer };
    expect(await alarmUnconfirmed({ ...deps, clock: () => new Date() })).toBe(0);
    const taken = await Promise.all([1, 2, 3].map(() => alarmUnconfirmed({ ...deps, clock: inADay })));
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(1);
    const page = await open('/console');
    expect(page.text).toContain('警報：簽章金鑰撤銷逾 24 小時無人確認');
    const records = await db
      .selectFrom('audit_event')
      .select('type')
      .where('type', '=', 'signing_key.revocation_unconfirmed')
      .execute();
    expect(records).toHaveLength(1);
    await open(`${KEYS}/${active}/confirmation`);
    await decide(ops, '查明為備份測試');
    expect((await open('/console')).text).not.toContain('警報');
  });

  it('F15: does nothing for a form of another site; F1: shows nothing to others', async () => {
    const [active = ''] = await published();
    const evil = { origin: 'https://evil.example' };
    for (const path of [`${KEYS}/rotation`, `${KEYS}/${active}/revocation`]) {
      expect((await forgeForm(world, ops, path, { reason: 'x' }, evil)).status).toBe(403);
      for (const browser of [agency, manager]) expect((await open(path, browser)).status).toBe(403);
    }
    expect(await published()).toContain(active);
  });
});
