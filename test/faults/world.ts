import { randomBytes } from 'node:crypto';
import { type Balancer, type BalancerOptions, startBalancer } from '../support/balancer.ts';
import { cloneDatabase } from '../support/databases.ts';
import { CLIENT_SECRET, type IdpWorld, type WorldOptions, startIdpWorld } from '../support/idp-world.ts';
import { type MailSink, openMailSink } from '../support/mail-sink.ts';
import { type Replica, freePort, startReplica } from '../support/replica.ts';
import { addPeople } from '../../bench/people.ts';
import { startHaproxy } from './haproxy.ts';

/*
 * What every fault test stands on: real replicas as processes, a balancer in front, a real PostgreSQL, a mail server,
 * relying parties. A test in full:
 *
 *   it('R1: a replica is killed under load', async () => {
 *     const world = await startFaultWorld({ replicas: 2, people: 30 });      // balancer: 'haproxy' for the real one
 *     const load = await startLoad(world, { users: 10, perSecond: 40 });     // load.ts; it stops by itself too
 *     await sleep(5000);
 *     const at = load.now();
 *     await world.replicas[0]?.kill();                                       // stop() suspend() resume() pid output()
 *     await world.restart(0);                                                // restart(0, { env, wrapper, nodeFlags })
 *     await world.balancer.waitFor(0, true);
 *     const done = await load.stop();
 *     expect(done.errorSpanMs(at)).toBeLessThan(1000);                       // first to last failed request since then
 *     expect(await auditLoad(world, done)).toEqual([]);                      // oracle.ts: each 200 once, each effect caused
 *     recordResult({ row: 'R1', deed: 'replica killed', figures: done.summary(), passed: true });   // report.ts
 *     await world.stop();
 *   });
 *
 * - `world.issuer` is the balancer's address; `world.replicaUrls[n]` reaches one replica past it.
 * - `databaseUrl` runs it on a PostgreSQL of your own, `env` sets every replica, `launch: (n) => ({ env, wrapper })` one.
 *   A clock that is wrong: `launch: () => ({ env: wrongClock('+30s') })`.
 * - A file `*.test.ts` runs in `npm test` (at most 15 s, no Debian packages), `*.fault.ts` in `npm run test:faults [names]`.
 * - `needPackages('pgbouncer')` (debian.ts) installs what is missing as root, else fails in one sentence.
 */

export interface FaultWorldOptions extends Omit<WorldOptions, 'issuer' | 'manifests'> {
  /** People for the load, each with two accounts. */
  people?: number;
  /** Ours unless told; `none` leaves the first replica as the issuer. */
  balancer?: 'own' | 'haproxy' | 'none';
  checks?: Pick<BalancerOptions, 'checkEveryMs'>;
  /** Instances of mch-app behind a balancer of their own. */
  mch?: number;
}

export interface FaultWorld extends IdpWorld {
  balancer: Balancer;
  mail: MailSink;
  /** Of the load's client. */
  clientSecret: string;
  people: number;
  mch: { origin: string; replicas: Replica[]; databaseUrl: string } | undefined;
}

export async function startFaultWorld(options: FaultWorldOptions = {}): Promise<FaultWorld> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.toReversed()) await step();
  };
  try {
    const mail = await openMailSink();
    stops.push(() => mail.stop());
    const kind = options.balancer ?? 'own';
    const issuer = kind === 'none' ? undefined : `http://localhost:${await freePort()}`;
    const mchPort = await freePort();
    const world = await startIdpWorld({
      ...options,
      ...(issuer !== undefined && { issuer }),
      manifests: ['bench/manifest.json'],
      env: {
        MAIL_URL: mail.url,
        MAIL_FROM: 'no-reply@example.test',
        IDP_DATABASE_CONNECTIONS: '8',
        ...(kind !== 'none' && { IDP_TRUSTED_PROXY_HOPS: '1' }),
        ...(options.mch && { MCH_ORIGIN: `http://localhost:${mchPort}` }),
        ...options.env,
      },
    });
    const stopIdp = world.stop.bind(world);
    stops.push(stopIdp);
    const databaseUrl = world.env['IDP_DATABASE_URL'] ?? '';
    if (!options.seeded) await addPeople(databaseUrl, options.people ?? 0);
    const port = Number(new URL(world.issuer).port);
    const balancer =
      kind === 'haproxy'
        ? await startHaproxy(world.replicaUrls, port)
        : await startBalancer(world.replicaUrls, { ...options.checks, ...(kind === 'own' && { port }) });
    stops.push(() => balancer.stop());
    await Promise.all(world.replicas.map((_replica, index) => balancer.waitFor(index, true)));
    const mch = options.mch ? await startMch(options.mch, mchPort, world.issuer, stops) : undefined;
    const faultWorld: FaultWorld = Object.assign(world, {
      ...{ balancer, mail, mch, clientSecret: CLIENT_SECRET, people: options.people ?? 0 },
    });
    return Object.assign(faultWorld, { stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings that make a process believe in another time: `+30s`, `-1h`; its timers go on at their pace. */
export function wrongClock(offset: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
    FAKETIME: offset,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

async function startMch(
  count: number,
  port: number,
  issuer: string,
  stops: (() => Promise<unknown>)[],
): Promise<NonNullable<FaultWorld['mch']>> {
  const database = await cloneDatabase('mch');
  stops.push(() => database.drop());
  const origin = `http://localhost:${port}`;
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  const env = {
    NODE_ENV: 'test',
    MCH_DATABASE_URL: database.url,
    MCH_ORIGIN: origin,
    MCH_ISSUER: issuer,
    MCH_CLIENT_SECRET: CLIENT_SECRET,
    MCH_MASTER_KEYS: randomBytes(32).toString('base64'),
    MCH_TRUSTED_PROXY_HOPS: '1',
  };
  const replicas = await Promise.all(
    ports.map((own) => startReplica(['mch-app/main.ts'], { ...env, MCH_PORT: String(own) })),
  );
  stops.push(() => Promise.all(replicas.map((replica) => replica.stop())));
  const balancer = await startBalancer(
    ports.map((own) => `http://localhost:${own}`),
    { port },
  );
  stops.push(() => balancer.stop());
  await Promise.all(replicas.map((_replica, index) => balancer.waitFor(index, true)));
  return { origin, replicas, databaseUrl: database.url };
}
