import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { readConfig } from '#idp/config.ts';
import { subjectAt } from '#idp/pairwise-subjects/index.ts';
import { type Replica, startReplica } from '#idp/replica.ts';
import { applyManifest, describeFault, readManifest } from '#idp/subsystems/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB = readFileSync('test/protocol/manifests/lab.json', 'utf8');
const CANCER = { code: 'pwa', host: 'localhost' };
const SMOKING = { code: 'pwb', host: '127.0.0.1' };
const SISTER = { code: 'pwc', host: 'localhost' };
type Client = typeof CANCER;

describe('J8: pairwise subjects', () => {
  let world: IdpWorld;
  let nurse: string;
  const idOf = ({ code }: Client): string => `${code}-app`;
  const apply = ({ code, host }: Client, client: Record<string, unknown> = {}): Promise<number> => {
    const origin = world.rpOrigin.replace('localhost', host);
    const manifest = JSON.parse(LAB.replaceAll('${RP_ORIGIN}', world.rpOrigin)) as {
      client: Record<string, unknown>;
    };
    const api = { identifier: `https://${code}.example/api`, scopes: [`${code}:read`], format: 'jwt' };
    Object.assign(manifest, { code, suffix: code, resources: [api] });
    Object.assign(manifest.client, {
      client_id: `${code}-app`,
      redirect_uris: [`${origin}/callback`],
      backchannel_logout_uri: `${world.rpOrigin}/backchannel-logout?client=${code}-app`,
      scope: 'openid profile email subsystem_account accounts accounts:read',
      subject_type: 'pairwise',
      ...client,
    });
    const reading = readManifest(JSON.stringify(manifest), {});
    if (!reading.ok) throw new Error(reading.faults.map(describeFault).join());
    const { db } = world.database;
    const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
    const deps = { db, keyring, clock: systemClock, config: { privateNetworks: true } };
    return applyManifest(deps, reading.manifest, CLIENT_SECRET);
  };

  beforeAll(async () => {
    world = await startIdpWorld();
    for (const client of [CANCER, SMOKING, SISTER]) {
      expect(await apply(client)).toBe(1);
      await addAccounts(client.code);
    }
    const { id } = await world.database.db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    nurse = id;
  });
  afterAll(() => world.stop());

  async function addAccounts(code: string): Promise<void> {
    for (const number of ['01', '02']) {
      const id = `P@00000001P@${code}_${number}`;
      await world.database.query(
        `insert into subsystem_account (id, subsystem_code, account_id, national_id_index, holder_name, unit_code, role, duty, menu_roles, status)
         select $1, $2, account_id, national_id_index, holder_name, unit_code, role, duty, menu_roles, status
         from subsystem_account where id = 'P@00000001P@lab_01'`,
        [id, code],
      );
      await world.database.query(
        `insert into binding (subsystem_account_id, account_id, name)
         select id, account_id, $2 from subsystem_account where id = $1`,
        [id, `${code}${number}`],
      );
    }
  }
  const enter = async (
    client: Client,
    browser: Journey,
    sign = false,
    extra: Record<string, string> = {},
  ) => {
    const account = `P@00000001P@${client.code}_01`;
    const rp = await createRelyingParty(world, idOf(client), { pushed: true });
    const redirect_uri = rp.redirectUri.replace('localhost', client.host);
    const at = await rp.authorize(
      browser,
      { redirect_uri, account, ...extra },
      sign ? { loginName: 'demo.nurse' } : undefined,
    );
    return { rp, tokens: await rp.redeem(at) };
  };
  const subOf = (token: string | undefined): string => String(decodeJwt(token ?? '').sub);
  const rows = () => world.database.db.selectFrom('pairwise_subject').selectAll().execute();

  it('are one for each sector, the same wherever a client sees one, and never the account’s id', async () => {
    const browser = browserOf(world);
    const { rp, tokens } = await enter(CANCER, browser, true);
    const sub = subOf(tokens.id_token);
    expect(sub).toMatch(/^[\w-]{32}$/);

    const userinfo = await oidc.fetchUserInfo(rp.config, tokens.access_token, sub);
    const introspection = await oidc.tokenIntrospection(rp.config, tokens.access_token);
    const refreshed = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '');
    const exchanged = await rp.exchange(tokens.access_token, 'P@00000001P@pwa_02');
    expect({
      userinfo: userinfo.sub,
      introspection: introspection.sub,
      refreshed: subOf(refreshed.id_token),
      exchanged: subOf(exchanged.id_token),
    }).toEqual({ userinfo: sub, introspection: sub, refreshed: sub, exchanged: sub });
    expect(JSON.stringify([userinfo, introspection])).not.toContain(nurse);

    const smoking = subOf((await enter(SMOKING, browser)).tokens.id_token);
    const sister = subOf((await enter(SISTER, browser)).tokens.id_token);
    expect(smoking).not.toBe(sub);
    expect(sister).toBe(sub);
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const open = await lab.redeem(await lab.authorize(browser, { account: 'P@00000001P@lab_01' }));
    expect(subOf(open.id_token)).toBe(nurse);
    expect((await rows()).map(({ sector }) => sector).sort()).toEqual(['127.0.0.1', 'localhost']);
  });

  it('stand in JWT access tokens, and let a person’s token act at the directory API', async () => {
    const resource = ['https://pwa.example/api', `${world.issuer}/api/v1`];
    for (const [at, scope] of [
      [resource[0] ?? '', 'openid pwa:read'],
      [resource[1] ?? '', 'openid subsystem_account accounts:read'],
    ] as const) {
      const browser = browserOf(world);
      const { rp, tokens } = await enter(CANCER, browser, true, { resource: at, scope });
      const fresh = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '', { resource: at });
      const claims = decodeJwt(fresh.access_token);
      expect(claims).toMatchObject({ aud: at, sub: subOf(tokens.id_token) });
      expect(claims.sub).not.toBe(nurse);
      if (at !== resource[1]) continue;
      const answer = await fetch(`${world.issuer}/api/v1/subsystem-accounts`, {
        headers: { authorization: `Bearer ${fresh.access_token}` },
      });
      expect(answer.status).toBe(403); // known and living, and manages nobody
      expect(answer.headers.get('www-authenticate') ?? '').not.toContain('invalid_token');
    }
  });

  it('are what hints and logout tokens name', async () => {
    const browser = browserOf(world);
    const { rp, tokens } = await enter(SMOKING, browser, true);
    const hint = tokens.id_token ?? '';
    const { tokens: silent } = await enter(SMOKING, browser, false, { prompt: 'none', id_token_hint: hint });
    expect(subOf(silent.id_token)).toBe(subOf(hint));

    world.logouts.length = 0;
    await browser.open(oidc.buildEndSessionUrl(rp.config, { id_token_hint: hint }).href);
    await browser.submit((form) => 'xsrf' in form.fields, { logout: 'yes' });
    await eventually(() => {
      const logout = world.logouts.find(({ client }) => client === 'pwb-app');
      expect(logout?.claims['sub']).toBe(subOf(hint));
    });
  });

  it('never change: neither with the client’s addresses nor with the master keys', async () => {
    const before = subOf((await enter(SMOKING, browserOf(world), true)).tokens.id_token);
    const origin = world.rpOrigin.replace('localhost', '127.0.0.1');
    const two = { redirect_uris: [`${world.rpOrigin}/callback`, `${origin}/callback`] };
    expect(() => apply(SMOKING, two)).toThrow('client.sector_identifier_uri: is needed');
    expect(await apply({ ...SMOKING, host: 'localhost' })).toBe(2);
    await world.replicas[0]?.stop();
    const old = world.env['IDP_MASTER_KEYS'] ?? '';
    world.env['IDP_MASTER_KEYS'] = `${Buffer.alloc(32, 9).toString('base64')},${old}`;
    await world.restart(0);
    const now = await enter({ ...SMOKING, host: 'localhost' }, browserOf(world), true);
    expect(subOf(now.tokens.id_token)).toBe(before);
    const opened = apply({ ...SMOKING, host: 'localhost' }, { subject_type: 'public' });
    await expect(opened).rejects.toThrow('client.subject_type: cannot change any more');
  });

  it('are joined to a sector only by an address that names every redirect address', async () => {
    const named: string[] = [];
    const server = createServer((_req, res) => res.end(JSON.stringify(named)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const joining = { sector_identifier_uri: `http://127.0.0.1:${port}/sector.json` };
    await expect(apply(SISTER, joining)).rejects.toThrow('/callback is not in it');
    named.push(`${world.rpOrigin}/callback`);
    expect(await apply(SISTER, joining)).toBe(2);
    await new Promise((resolve) => server.close(resolve));
    await expect(apply(SISTER, joining)).rejects.toThrow('does not speak for this client');
  });

  it('are made up once, however many ask first', async () => {
    const { db } = world.database;
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => subjectAt(db, nurse, 'new.example', undefined)),
    );
    expect(new Set(asked).size).toBe(1);
    expect((await rows()).filter(({ sector }) => sector === 'new.example')).toHaveLength(1);
  });

  it('cost no round trip of their own', async () => {
    const { tokens } = await enter(CANCER, browserOf(world), true);
    const env = { ...world.env, IDP_PORT: '1', LOG_LEVEL: 'silent' };
    const inner: Replica = await startReplica(
      { ...readConfig(env), port: 0 },
      createLog('test', 'silent'),
      systemClock,
    );
    try {
      const base = `http://localhost:${inner.port}`;
      const from = inner.database.roundTrips;
      const response = await fetch(`${base}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(await response.json()).toMatchObject({ sub: subOf(tokens.id_token) });
      expect(inner.database.roundTrips - from).toBe(1);
      const parameters = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
      const answer = await post(world, '/oidc/token', parameters, { clientId: idOf(CANCER), base });
      expect(answer.status).toBe(200);
      expect(inner.database.roundTrips - from).toBe(3);
    } finally {
      await inner.stop();
    }
  });
});
