import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '#idp/config.ts';
import { loadKeySnapshot, rotateKeys } from '#idp/signing-keys/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cutListener, urlOfDeaf } from './listeners.ts';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';
import { verifyTokens } from './token-verifier.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const ROTATIONS = 20;
const MAX_AGE_SECONDS = 2;
const POLL_SECONDS = 1;
const DEAF = 2;

describe('signing keys rotate under load on three replicas, one of them deaf', () => {
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld({
      replicas: 3,
      people: 20,
      env: {
        JWKS_MAX_AGE_SECONDS: String(MAX_AGE_SECONDS),
        KEY_POLL_SECONDS: String(POLL_SECONDS),
        CLOCK_SKEW_SECONDS: '0',
        KEY_ANNOUNCE_SECONDS: '3',
        KEY_DEADLINE_SECONDS: '60',
        KEY_ROTATION_SECONDS: '86400',
        ID_TOKEN_SECONDS: '5',
      },
    });
    await world.replicas[DEAF]?.stop();
    const url = await urlOfDeaf(world.env['IDP_DATABASE_URL'] ?? '');
    await world.restart(DEAF, { env: { IDP_DATABASE_URL: url } });
    await world.balancer.waitFor(DEAF, true);
  });
  const stops: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await world.stop();
  });

  const publishedBy = async (base: string): Promise<string[]> => {
    const { keys } = (await (await fetch(`${base}/oidc/jwks`)).json()) as {
      keys: { kid: string; alg: string }[];
    };
    return keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
  };

  /** How long each replica takes to publish the key, in milliseconds. */
  const followed = async (kid: string, from: number): Promise<number[]> =>
    Promise.all(
      world.replicaUrls.map(async (base) => {
        for (;;) {
          if ((await publishedBy(base)).includes(kid)) return performance.now() - from;
          if (performance.now() - from > 30_000) throw new Error(await tellOf(world, base));
          await sleep(50);
        }
      }),
    );

  it('R22: 20 rotations: no sign-in fails, no verification, no session is lost; the deaf replica follows', async () => {
    const load = await startLoad(world, { users: 20, perSecond: 30, seconds: 900 });
    const tokens = verifyTokens(load.ledger, {
      issuer: world.issuer,
      maxAgeSeconds: MAX_AGE_SECONDS,
      // where the first two people's relying parties are, one of each client
      caches: ['127.0.1.1', '127.0.1.2'],
    });
    const deaf = await cutListener(world.env['IDP_DATABASE_URL'] ?? '');
    stops.push(
      () => load.stop(),
      () => tokens.stop(),
      () => deaf.stop(),
    );
    const { schedule } = readConfig(world.env).keys;
    const keyring = createKeyring(String(world.env['IDP_MASTER_KEYS']));
    const deps = { db: world.database.db, clock: systemClock, keyring };
    const rs256 = (await loadKeySnapshot(deps)).keys.find(({ alg }) => alg === 'RS256')?.kid;
    while (tokens.seen.kids.size === 0) await sleep(100);
    const began = performance.now();
    const delays: number[][] = [];
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      const asked = { ask: true, alg: 'ES256', reason: `R22 ${rotation}` } as const;
      await rotateKeys(deps, schedule, asked);
      const announced = performance.now();
      const { newest } = await loadKeySnapshot(deps);
      const kid = newest.find((each) => !tokens.seen.kids.has(each) && each !== rs256) ?? '';
      delays.push(await followed(kid, announced));
      const until = performance.now() + 60_000;
      while (!tokens.seen.kids.has(kid) && performance.now() < until) await sleep(100);
    }
    const minutes = (performance.now() - began) / 60_000;
    const ledger = await load.stop();
    await tokens.stop();
    await deaf.stop();
    const faults = await auditLoad(world, ledger);
    const late = await world.database.db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'signing_key.promoted')
      .execute();
    const byDeadline = late.filter(({ details }) => details?.['evidence'] !== 'complete').length;
    const { verified, failed, kids } = tokens.seen;
    const signIns = ledger.signIns.filter(({ done }) => done === 'yes').length;
    const worst = (replica: number): string =>
      Math.max(...delays.map((each) => each[replica] ?? 0)).toFixed(0);
    const figures =
      `${ROTATIONS} rotations in ${minutes.toFixed(1)} min, ${kids.size} keys signed, ${byDeadline} of them by the deadline; ` +
      `${signIns} sign-ins, ${ledger.failures().length} failed requests, ${ledger.restarted} sign-ins begun anew, ` +
      `${verified} verifications, ${failed.length} failed, ${ledger.lostSessions.length} sessions lost; ` +
      `a new key published within ${worst(0)} and ${worst(1)} ms, by the deaf replica (listener killed ${deaf.kills()} times) ` +
      `within ${worst(DEAF)} ms; ${ledger.summary()}`;
    const flaws = [...failed, ...faults, ...ledger.lostSessions, ...ledger.surprises];
    const passed = flaws.length === 0 && ledger.failures().length === 0 && kids.size > ROTATIONS;
    recordResult({
      row: 'R22',
      deed: '20 key rotations under load, one of three replicas deaf',
      figures,
      passed,
    });
    expect(flaws).toEqual([]);
    expect(ledger.failures()).toEqual([]);
    expect(kids.size).toBe(ROTATIONS + 1);
    expect(byDeadline).toBe(0);
    expect(deaf.kills()).toBeGreaterThan(ROTATIONS);
  });
});

/** What a replica that does not follow was about. */
async function tellOf({ database, replicaUrls, replicas }: FaultWorld, base: string): Promise<string> {
  const rows = await database.query(
    `select application_name, state, wait_event, now() - xact_start as since, left(query, 120) as query
     from pg_stat_activity where datname = current_database() and state <> 'idle' and $1`,
    [true],
  );
  const said = replicas[replicaUrls.indexOf(base)]?.output().slice(-3000);
  return `${base} does not follow: ${JSON.stringify(rows)} ${said}`;
}
