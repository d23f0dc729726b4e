import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { lastAudit } from './bindings-support.ts';

const PAGE = '/console/registration-tokens';
const REDIRECT = 'http://127.0.0.1:9/callback';
const CLIENT = { application_type: 'native', redirect_uris: [REDIRECT], client_name: '<b>一個程式</b>' };

interface Registered {
  client_id: string;
  registration_access_token: string;
  registration_client_uri: string;
  registered_with?: string;
}

describe('tokens for dynamic registration in the console', () => {
  let world: IdpWorld;
  let ops: Journey;
  let hpa: Journey;
  beforeAll(async () => {
    world = await startIdpWorld();
    [ops, hpa] = [await portalOf(world, 'demo.ops'), await portalOf(world, 'demo.hpa')];
  });
  afterAll(() => world.stop());

  const issue = async (fields: Record<string, string> = {}) => {
    await ops.open(`${world.issuer}${PAGE}/new?lang=zh-TW`);
    const given = { label: '某醫院測試環境', clients: '2', days: '7', reason: '介接測試', ...fields };
    return ops.submit((form) => 'clients' in form.fields, given);
  };
  const told = async (fields?: Record<string, string>) => {
    const page = await issue(fields);
    const token = /class="told-once"[^>]*>([\w-]+)</.exec(page.html)?.[1] ?? '';
    const handle = /registration-tokens\/([0-9a-f-]{36})"/.exec(page.html)?.[1] ?? '';
    return { page, token, handle };
  };
  const send = async (url: string, token: string, method: string, body: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Registered };
  };
  const register = (token: string, more: object = {}) =>
    send(`${world.issuer}/oidc/register`, token, 'POST', { ...CLIENT, ...more });

  it('RFC 7591 §3: issued in the console, told once, good for as many clients as was said; the page shows which', async () => {
    const { page, token, handle } = await told();
    expect(page.text).toContain('只顯示這一次');
    expect(await lastAudit(world, 'registration_token.issued')).toMatchObject({
      details: {
        via: 'console',
        role: 'platform_ops',
        label: '某醫院測試環境',
        uses: 2,
        days: 7,
        reason: '介接測試',
      },
    });
    const made = await Promise.all(Array.from({ length: 5 }, () => register(token)));
    expect(made.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 401, 401, 401]);
    const shown = await ops.open(`${world.issuer}${PAGE}/${handle}`);
    expect(shown.html).not.toContain(token);
    expect(shown.html).not.toContain('<b>一個');
    for (const { status, body } of made) {
      if (status === 201) expect(shown.text).toContain(body.client_id);
    }
    expect(shown.text).toContain('已用完');
    const list = await hpa.open(`${world.issuer}${PAGE}?lang=en`);
    expect(list.text).toContain('某醫院測試環境');
    expect(list.text).toContain('Used up');
    expect(list.html).not.toContain(token);
    expect((await ops.open(`${world.issuer}${PAGE}?state=open`)).html).not.toContain(handle);
  });

  it('RFC 7592 §2.2: with which token a client was registered is ours to say, and stays through its changes', async () => {
    const { token, handle } = await told();
    const forged = '00000000-0000-4000-8000-000000000000';
    const { body: made } = await register(token, { registered_with: forged });
    expect(made.registered_with).toBeUndefined();
    const change = { ...CLIENT, client_id: made.client_id, client_name: '改名', registered_with: forged };
    const { status } = await send(
      made.registration_client_uri,
      made.registration_access_token,
      'PUT',
      change,
    );
    expect(status).toBe(200);
    const shown = await ops.open(`${world.issuer}${PAGE}/${handle}`);
    expect(shown.text).toContain('改名');
    const [row] = await world.database.query<{ by: string }>(
      `select metadata->>'registered_with' as by from client where client_id = $1`,
      [made.client_id],
    );
    expect(row).toEqual({ by: handle });
    expect(await lastAudit(world, 'client.changed')).toMatchObject({ details: { token: handle } });
  });

  it.each([
    [{ clients: '0' }, '請填 1 到 1000 的整數'],
    [{ clients: '1001' }, '請填 1 到 1000 的整數'],
    [{ clients: '1e3' }, '請填 1 到 1000 的整數'],
    [{ days: '91' }, '請填 1 到 90 的整數'],
    [{ label: ' ' }, '請填寫用途'],
    [{ reason: '' }, '請填寫原因說明'],
  ])('F16: refuses %j, and keeps what was typed', async (fields, words) => {
    const page = await issue(fields);
    expect(page.status).toBe(422);
    expect(page.text).toContain(words);
    expect(page.html).toContain(`value="${'label' in fields ? '2' : '某醫院測試環境'}"`);
  });

  it('RFC 7591 §3: revoked once however often it is asked, and worth nothing from then on; its clients stay', async () => {
    const { token, handle } = await told();
    const { body: made } = await register(token);
    const path = `${PAGE}/${handle}/revocation`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => forgeForm(world, ops, path, { reason: '測試結束' })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    const records = await world.database.query(
      `select 1 from audit_event where type = 'registration_token.revoked' and details->>'target' = $1`,
      [`registration_token:${handle}`],
    );
    expect(records).toHaveLength(1);
    expect((await register(token)).status).toBe(401);
    const kept = await fetch(made.registration_client_uri, {
      headers: { authorization: `Bearer ${made.registration_access_token}` },
    });
    expect(kept.status).toBe(200);
    expect((await ops.open(`${world.issuer}${PAGE}/${handle}`)).html).not.toContain(`${handle}/revocation`);
    const missing = await forgeForm(world, ops, `${PAGE}/${'0'.repeat(8)}/revocation`, { reason: 'x' });
    expect(missing.status).toBe(404);
  });

  it('F1: the national administration sees them; operators alone issue and revoke', async () => {
    const { handle } = await told();
    expect((await hpa.open(`${world.issuer}${PAGE}/${handle}`)).html).not.toContain('/revocation');
    const fields = { label: 'x', clients: '1', days: '1', reason: 'x' };
    expect((await forgeForm(world, hpa, `${PAGE}/new`, fields)).status).toBe(403);
    expect((await forgeForm(world, hpa, `${PAGE}/${handle}/revocation`, fields)).status).toBe(403);
  });
});
