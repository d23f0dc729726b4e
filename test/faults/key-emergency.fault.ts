import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT, generateKeyPair } from 'jose';
import { loadKeySnapshot, signCompact } from '#idp/signing-keys/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { Connection } from '../../bench/connection.ts';
import { cutListener, urlOfDeaf } from './listeners.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const DEAF = 1;
const WITHIN_MS = 60_000;
const PER_SECOND = 500;
const SECONDS = 10;
/** Clock ticks a second, as Linux counts a process's CPU time. */
const TICKS = 100;

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
  const logOut = async (token: string, connection?: Connection): Promise<number> => {
    const form = { logout_token: token };
    if (connection) return (await connection.send('/backchannel-logout', {}, form)).status;
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

  it('R23: 500 tokens a second of unknown keys, at the MCH system and at the single entry, disturb nobody', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const unknown = (typ: string, claims: object) =>
      new SignJWT({ ...logoutClaims(), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: randomUUID(), typ })
        .sign(privateKey);
    const tokens = await Promise.all(Array.from({ length: 200 }, () => unknown('logout+jwt', {})));
    const bearers = await Promise.all(
      Array.from({ length: 200 }, () => unknown('at+jwt', { aud: `${world.issuer}/api/v1` })),
    );
    const key = await steal();
    const genuine = async () => logOut(await signCompact(key, 'logout+jwt', logoutClaims()));
    const atMch = await flood(world.mch?.origin ?? '', world, genuine, (connection, n) =>
      connection.send('/backchannel-logout', {}, { logout_token: tokens[n % tokens.length] ?? '' }),
    );
    const signInPage = async () => (await fetch(`${world.issuer}/sign-in`)).status;
    const atIdp = await flood(world.issuer, world, signInPage, (connection, n) =>
      connection.send('/api/v1/subsystem-accounts', {
        authorization: `Bearer ${bearers[n % bearers.length]}`,
      }),
    );
    const told = ({ perSecond, cpu, statuses, p95 }: Flood): string =>
      `${perSecond.toFixed(0)} a second answered ${[...statuses].join(' and ')}, the single entry at ${(cpu * 100).toFixed(1)} % of a core, others’ requests within ${p95.toFixed(0)} ms`;
    const passed =
      atMch.cpu < 0.2 && [...atMch.statuses].join() === '400' && [...atIdp.statuses].join() === '401';
    recordResult({
      row: 'R23',
      deed: 'tokens of unknown keys, 500 a second',
      figures: `logout tokens at the MCH system: ${told(atMch)}; access tokens at the directory API: ${told(atIdp)}`,
      passed,
    });
    expect(passed).toBe(true);
    expect(Math.max(atMch.p95, atIdp.p95)).toBeLessThan(3000);
  });
});

interface Flood {
  perSecond: number;
  statuses: Set<number>;
  /** CPU time of all replicas of the single entry, in cores. */
  cpu: number;
  p95: number;
}

/** Sends so many requests a second, over 50 connections, while somebody else's `normal` request is timed. */
async function flood(
  origin: string,
  world: FaultWorld,
  normal: () => Promise<number>,
  send: (connection: Connection, n: number) => Promise<{ status: number }>,
): Promise<Flood> {
  const statuses = new Set<number>();
  const waits: number[] = [];
  const lanes = Array.from({ length: 50 }, () => new Connection(origin, { timeoutMs: 20_000 }));
  const cpuOf = () => world.replicas.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  const [began, cpu] = [performance.now(), cpuOf()];
  const isOver = () => performance.now() - began > SECONDS * 1000;
  let sent = 0;
  const work = lanes.map(async (connection, lane) => {
    for (let turn = 0; !isOver(); turn += 1) {
      const due = began + ((turn * lanes.length + lane) * 1000) / PER_SECOND;
      if (due > performance.now()) await sleep(due - performance.now());
      statuses.add((await send(connection, sent)).status);
      sent += 1;
    }
    connection.close();
  });
  while (!isOver()) {
    const asked = performance.now();
    const status = await normal();
    if (status !== 200) throw new Error(`a normal request was answered ${status}`);
    waits.push(performance.now() - asked);
    await sleep(100);
  }
  await Promise.all(work);
  const seconds = (performance.now() - began) / 1000;
  const p95 = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? Infinity;
  return { perSecond: sent / seconds, statuses, cpu: (cpuOf() - cpu) / seconds, p95 };
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
