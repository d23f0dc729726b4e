import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { FaultWorld } from './world.ts';

/** One thing that goes wrong and is over again when the promise resolves. */
export type Injection = (world: FaultWorld) => Promise<void>;

/** R1: a replica ends as by a power cut, and is started anew by whoever looks after it. */
export const killReplica: Injection = async (world) => {
  const index = Math.floor(Math.random() * world.replicas.length);
  await world.replicas[index]?.kill();
  await sleep(500);
  await world.restart(index);
  await world.balancer.waitFor(index, true, 60_000);
};

/** R5: the database takes no connections, and those there are broken, for this long. */
export const databaseAway =
  (seconds: number): Injection =>
  async (world) => {
    const url = world.env['IDP_DATABASE_URL'] ?? '';
    const name = /\/(\w+)(?:\?|$)/.exec(url)?.[1] ?? '';
    const server = new pg.Client({ connectionString: url.replace(`/${name}`, '/postgres') });
    await server.connect();
    try {
      await server.query(`alter database ${name} allow_connections false`);
      await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      await sleep(seconds * 1000);
    } finally {
      await server.query(`alter database ${name} allow_connections true`);
      await server.end();
    }
  };

/** R17: the mail server is not there for this long. */
export const mailServerAway =
  (seconds: number): Injection =>
  async ({ mail }) => {
    await mail.stop();
    await sleep(seconds * 1000);
    await mail.start();
  };

/** R22: every signing key gets a successor. */
export const rotateKeys: Injection = async (world) => {
  const { code, output } = await world.command('keys', 'rotate', '--reason', 'fault test');
  if (code !== 0) throw new Error(output);
};

/** One after the other at random moments, each kind once before any comes again, until the signal. @returns how often each */
export async function injectAtRandom(
  world: FaultWorld,
  injections: Record<string, Injection>,
  options: { pauseMs: number; signal: AbortSignal },
): Promise<Record<string, number>> {
  const done = Object.fromEntries(Object.keys(injections).map((name) => [name, 0]));
  let round: [string, Injection][] = [];
  while (!options.signal.aborted) {
    await sleep(options.pauseMs * (0.5 + Math.random()), undefined, { signal: options.signal }).catch(
      () => {},
    );
    if (round.length === 0) round = Object.entries(injections);
    const [chosen] = round.splice(Math.floor(Math.random() * round.length), 1);
    if (options.signal.aborted || !chosen) break;
    const [name, inject] = chosen;
    await inject(world);
    done[name] = (done[name] ?? 0) + 1;
  }
  return done;
}
