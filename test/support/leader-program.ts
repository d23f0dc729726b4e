/*
 * A replica's jobs and nothing else, with a short lease: stands for leadership, and while it leads writes one row after
 * another, in transactions that take a while.
 *
 *   DATABASE_URL=… LEASE_MS=… node test/support/leader-program.ts NAME
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { fencedDatabase } from '#db/fence.ts';
import { openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { standForLeadership } from '#db/leadership.ts';
import { openStanding } from '#db/standing.ts';
import { createLog } from '#kit/log.ts';
import { startJobs } from '#kit/jobs.ts';

const { DATABASE_URL: url = '', LEASE_MS = '1000' } = process.env;
const name = process.argv[2] ?? '';
const log = createLog(name, 'info');
const database = openDatabase<IdpTables>({
  url,
  connections: 3,
  applicationName: name,
  onConnectionLost: () => {},
});
const standing = await openStanding({ connect: () => database.connect(), channels: [], onMessage: () => {} });
const leadership = await standForLeadership({
  ...{ name: 'idp', standing, holder: name, leaseMs: Number(LEASE_MS), renewMs: 100 },
  onChange: (leads, fence) => log.info({ leads, fence }, 'changed'),
});
const leading = fencedDatabase(database.db, () => leadership.current());
const write = async (): Promise<void> => {
  const token = leadership.current()?.token ?? 0;
  await leading.transaction().execute(async (trx) => {
    await sleep(30);
    await sql`insert into written (by, token) values (${name}, ${token})`.execute(trx);
  });
  await sql`insert into written (by, token) values (${name}, ${token})`.execute(leading);
};
startJobs(
  [{ name: 'write', everyMs: 10, runs: 'once', run: write }],
  log,
  () => leadership.current() !== undefined,
);
process.on('SIGTERM', () => process.exit(0));
process.send?.({ ready: true });
