import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { runProgram } from '../support/replica.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';

const ROTATIONS = 3;
const ANNOUNCE_MS = 4000;

describe('signing keys change and nobody notices', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({
      replicas: 2,
      env: {
        ...{ JWKS_MAX_AGE_SECONDS: '2', KEY_POLL_SECONDS: '1', CLOCK_SKEW_SECONDS: '0' },
        ...{ KEY_ANNOUNCE_SECONDS: '4', KEY_ROTATION_SECONDS: '86400', KEY_DEADLINE_SECONDS: '3600' },
        IDP_TRUSTED_PROXY_HOPS: '1',
      },
    });
  });
  afterAll(() => world.stop());

  /** The ID token of a new sign-in. */
  const signedIn = async (): Promise<string> => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const person = { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' };
    return (await rp.redeem(await rp.authorize(browserOf(world), {}, person))).id_token ?? '';
  };
  const showHint = (hint: string) => fetch(`${world.issuer}/oidc/logout?id_token_hint=${hint}`);

  it('under load, with a relying party that caches the JWKS: no failure, several keys', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(
      browserOf(world),
      {},
      { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' },
    );
    const { refresh_token: refreshToken = '' } = await rp.redeem(at);
    // never fetches again for an unknown key before its cache is old: a key that signs too early fails here
    const jwks = createRemoteJWKSet(new URL('/oidc/jwks', world.issuer), {
      cacheMaxAge: 2000,
      cooldownDuration: 600_000,
    });
    const kids = new Set<string>();
    let verified = 0;
    const stop = new AbortController();
    const load = Promise.all(
      [1, 2, 3].map(async () => {
        while (!stop.signal.aborted) {
          const { id_token: token = '' } = await oidc.refreshTokenGrant(rp.config, refreshToken);
          await jwtVerify(token, jwks, { issuer: world.issuer, audience: 'lab-app' });
          kids.add(decodeProtectedHeader(token).kid ?? '');
          verified += 1;
        }
      }),
    );
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      const run = await world.command('keys', 'rotate', '--reason', 'test');
      expect(run).toMatchObject({ code: 0 });
      const known = kids.size;
      await eventually(() => expect(kids.size).toBeGreaterThan(known), ANNOUNCE_MS + 8000);
    }
    stop.abort();
    await load;
    expect(kids.size).toBe(ROTATIONS + 1);
    expect(verified).toBeGreaterThan(100);
  }, 180_000);

  it('R22: a new key waits for a client that has not fetched it, on every replica, and signs once it has', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const authenticate = () =>
      fetch(`${world.issuer}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'client_credentials', scope: 'service:run' },
          resource: 'https://service.example/api',
        }),
        headers: {
          ...from('10.1.1.1'),
          authorization: `Basic ${Buffer.from(`service-app:${CLIENT_SECRET}`).toString('base64')}`,
        },
      });
    const run = await world.command('keys', 'rotate', '--alg', 'ES256', '--reason', 'evidence');
    expect(run.output).toMatch(/announced and signs from .* at the latest from/);
    expect((await authenticate()).status).toBe(200);
    await sleep(ANNOUNCE_MS + 4000); // the least announcement is over, with time to act on it
    const waiting = await world.command('keys', 'list');
    expect(waiting.output).toMatch(/announced .*\n.*not before .*\n\s+waits for .*service-app/);
    const signer = async (base: string): Promise<string> => {
      const { keys } = (await (await fetch(`${base}/oidc/jwks`)).json()) as {
        keys: { kid: string; alg: string }[];
      };
      return keys.find(({ alg }) => alg === 'ES256')?.kid ?? '';
    };
    const before = await signer(world.issuer); // the one that signs stands first
    const dry = await world.command('keys', 'rotate', '--alg', 'ES256', '--dry-run');
    expect(dry.output).toMatch(/already; nothing to do\n.*\n.*\n\s+waits for .*service-app/);
    await fetch(`${world.replicaUrls[1]}/oidc/jwks`, { headers: from('10.1.1.1') });
    await eventually(async () => {
      for (const base of world.replicaUrls) expect(await signer(base)).not.toBe(before);
    }, 12_000);
    const record = await world.database.db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'signing_key.promoted')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(record?.details).toMatchObject({ evidence: 'complete', without: [] });
  }, 120_000);

  it('a retired key leaves the JWKS, and what it signed still serves as a hint', async () => {
    const hint = await signedIn();
    const { kid = '' } = decodeProtectedHeader(hint);
    expect((await showHint(hint)).status).toBe(200);
    const { db } = world.database;
    const at = new Date();
    await world.command('keys', 'import', await newKeyFile(), '--reason', 'to take over at once');
    await db.updateTable('signing_key').set({ sign_from: at }).where('sign_from', '>', at).execute();
    await db
      .updateTable('signing_key')
      .set({ sign_until: at, publish_until: at })
      .where('kid', '=', kid)
      .execute();
    await eventually(async () => {
      for (const base of world.replicaUrls)
        expect(await (await fetch(`${base}/oidc/jwks`)).text()).not.toContain(kid);
    }, 8000);
    expect(decodeProtectedHeader(await signedIn()).kid).not.toBe(kid);
    expect((await showHint(hint)).status).toBe(200);
    expect((await showHint(`${hint.slice(0, -9)}AAAAAAAAA`)).status).toBe(400);
  }, 120_000);

  it('a leaked key is gone from every replica within seconds, and sign-ins go on', async () => {
    const keysOf = async (base: string): Promise<string[]> => {
      const { keys } = (await (await fetch(`${base}/oidc/jwks`)).json()) as {
        keys: { kid: string; alg: string }[];
      };
      return keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
    };
    const [leaked = ''] = await keysOf(world.issuer);
    const hint = await signedIn();
    expect(decodeProtectedHeader(hint).kid).toBe(leaked);
    const run = await world.command('keys', 'revoke', leaked, '--reason', 'found in a backup');
    expect(run).toMatchObject({ code: 0 });
    await eventually(async () => {
      for (const base of world.replicaUrls) expect(await keysOf(base)).not.toContain(leaked);
    }, 3000);
    expect(decodeProtectedHeader(await signedIn()).kid).not.toBe(leaked);
    expect((await showHint(hint)).status).toBe(400);
    const list = await world.command('keys', 'list');
    expect(list.output).toMatch(new RegExp(`${leaked}  ES256  revoked`));
  });

  it('refuses a schedule under which some cache would not know a key in time', async () => {
    const env = { ...world.env, KEY_ANNOUNCE_SECONDS: '2', KEY_KEEP_SECONDS: '60', IDP_PORT: '1' };
    const run = await runProgram(['idp/main.ts'], env);
    expect(run.code).toBe(1);
    expect(run.output).toContain('KEY_ANNOUNCE_SECONDS: must be at least 3');
    expect(run.output).toContain('KEY_KEEP_SECONDS: must be at least 28801');
  });
});

/** A new private key as somebody would bring it. */
async function newKeyFile(): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'key-')), 'key.pem');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return file;
}
