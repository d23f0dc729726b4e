import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#db/handle.ts';
import { startBenchWorld } from './world.ts';

const RATE = 500;
const MOST_WRITES = 1;
/** How late a backend may tell its statistics. */
const SETTLE_MS = 2500;

/**
 * New visitors of the public home, 500 a second whether earlier ones were answered or not, and the rows the database
 * writes meanwhile for counting them.
 * @returns whether that was at most one a second, with every visit answered and counted
 */
export async function benchVisits(seconds: number): Promise<boolean> {
  const world = await startBenchWorld(1);
  const database = openDatabase({
    url: world.databaseUrl,
    connections: 1,
    applicationName: 'bench',
    onConnectionLost: () => {},
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  /** Rows written so far, for counting and in all; and the visits counted. */
  const look = async () => {
    const [row] = await database.query<{ counting: number; all: number }>(
      `select sum(n_tup_ins + n_tup_upd + n_tup_del) filter (where relname = 'visit_day') as counting,
         sum(n_tup_ins + n_tup_upd + n_tup_del) as "all" from pg_stat_user_tables where $1`,
      [true],
    );
    const [visits] = await database.query<{ count: number }>(
      'select coalesce(sum(visits), 0) as count from visit_day where $1',
      [true],
    );
    return { counting: Number(row?.counting), all: Number(row?.all), visits: Number(visits?.count) };
  };
  try {
    for (let warm = 0; warm < 50; warm += 1) await visit(agent, world.issuer);
    await sleep(SETTLE_MS);
    const before = await look();
    const latencies: number[] = [];
    const running: Promise<void>[] = [];
    let failed = 0;
    const began = performance.now();
    const total = RATE * seconds;
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.ceil(((performance.now() - began) / 1000) * RATE));
      for (; sent < due; sent += 1) {
        const from = performance.now();
        running.push(
          visit(agent, world.issuer).then(
            (status) => {
              if (status === 200) latencies.push(performance.now() - from);
              else failed += 1;
            },
            () => {
              failed += 1;
            },
          ),
        );
      }
      await sleep(1);
    }
    await Promise.all(running);
    const took = (performance.now() - began) / 1000;
    await sleep(SETTLE_MS);
    const after = await look();
    const counted = after.visits - before.visits;
    const writes = (after.counting - before.counting) / took;
    latencies.sort((a, b) => a - b);
    const at = (share: number): string =>
      (latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN).toFixed(1);
    const holds = writes <= MOST_WRITES && failed === 0 && counted === total;
    process.stdout.write(
      `${total} visits in ${took.toFixed(1)} s (${Math.round(total / took)}/s), ${failed} failed, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ` +
        `${counted} counted, ${after.counting - before.counting} rows written for it: ${writes.toFixed(2)} a second, ` +
        `${((after.all - before.all) / took).toFixed(2)} in all; ${holds ? 'holds' : 'DOES NOT HOLD'} at most ${MOST_WRITES} a second\n`,
    );
    return holds;
  } finally {
    agent.destroy();
    await database.close();
    await world.stop();
  }
}

/** One page for a browser that was not here before. @returns its status */
function visit(agent: Agent, origin: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}/`, { agent }, (incoming) => {
      incoming.resume();
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
      incoming.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}
