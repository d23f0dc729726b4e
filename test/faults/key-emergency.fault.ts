import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadKeySnapshot, signCompact } from '#idp/signing-keys/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cutListener, urlOfDeaf } from './listeners.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const DEAF = 1;
const WITHIN_MS = 60_000;

describe('a signing key leaks', () => {
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 2, mch: 1 });
    await world.replicas[DEAF]?.stop();
    const url = await urlOfDeaf(world.env['IDP_DATABASE_URL'] ?? '');
    await world.restart(DEAF, { env: { IDP_DATABASE_URL: url } });
    await world.balancer.waitFor(DEAF, true);
  });
  afterAll(() => world.stop());

  const logoutClaims = () => {
    const iat = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: world.issuer, aud: 'mch-app', iat, exp: iat + 120, jti: randomUUID(), sid: randomUUID() },
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
  };
  const logOut = async (token: string): Promise<number> => {
    const form = { logout_token: token };
    const answer = await fetch(`${world.mch?.origin}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    await answer.text();
    return answer.status;
  };
  /** The key that signs, as whoever stole it has it. */
  const steal = async () => {
    const keyring = createKeyring(String(world.env['IDP_MASTER_KEYS']));
    const { keys } = await loadKeySnapshot({ db: world.database.db, clock: systemClock, keyring });
    const key = keys.find(({ alg }) => alg === 'ES256');
    if (!key) throw new Error('no key signs');
    return key;
  };
  const until = async (isDone: () => Promise<boolean>, from: () => number): Promise<number> => {
    for (const end = performance.now() + 3 * WITHIN_MS; performance.now() < end; await sleep(100)) {
      if (await isDone()) return performance.now() - from();
    }
    return Infinity;
  };

  it('R22: every replica, one of them deaf, and the MCH system refuse it within a minute', async () => {
    const stolen = await steal();
    const forged = () => signCompact(stolen, 'logout+jwt', logoutClaims());
    expect(await logOut(await forged())).toBe(200);
    const deaf = await cutListener(world.env['IDP_DATABASE_URL'] ?? '');
    let revokedAt = Infinity;
    const revoked = until(
      async () => {
        const query = world.database.db
          .selectFrom('key_revocation')
          .select('kid')
          .where('kid', '=', stolen.kid);
        if (!(await query.executeTakeFirst())) return false;
        revokedAt = performance.now();
        return true;
      },
      () => 0,
    );
    const from = () => revokedAt;
    const [run, ...delays] = await Promise.all([
      world.command('keys', 'revoke', stolen.kid, '--reason', 'R22: found in a backup'),
      revoked,
      ...world.replicaUrls.map((base) =>
        until(async () => !(await (await fetch(`${base}/oidc/jwks`)).text()).includes(stolen.kid), from),
      ),
      until(async () => (await logOut(await forged())) === 400, from),
    ]);
    await deaf.stop();
    expect(run).toMatchObject({ code: 0 });
    const [, first, second, mch] = delays as [number, number, number, number];
    const passed = Math.max(first, second, mch) <= WITHIN_MS;
    recordResult({
      row: 'R22',
      deed: 'emergency revocation of the signing key',
      figures: `gone from a replica after ${first.toFixed(0)} ms, from a deaf one (listener killed ${deaf.kills()} times) after ${second.toFixed(0)} ms; the MCH system refuses what it signs after ${mch.toFixed(0)} ms`,
      passed,
    });
    expect(passed).toBe(true);
    const next = await steal();
    expect(await logOut(await signCompact(next, 'logout+jwt', logoutClaims()))).toBe(200);
  });
});
