import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../support/replica.ts';
import { needPackages } from './debian.ts';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { type PgBouncer, startPgBouncer } from './pgbouncer.ts';
import { PostgresServer } from './postgres-server.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const POOL_SIZE = 6;
const LIMITS = {
  statement_timeout: '10s',
  lock_timeout: '3s',
  idle_in_transaction_session_timeout: '15s',
};
/** A newer one than Debian's, when there is one: `PGBOUNCER_NEW='/path/to/pgbouncer'`. */
const newer = process.env['PGBOUNCER_NEW'];

describe.each([
  { kind: 'Debian’s PgBouncer 1.18, statements unnamed', prepare: 'unnamed', program: undefined },
  ...(newer ? [{ kind: 'PgBouncer from 1.21, statements named', prepare: 'named', program: newer }] : []),
])('behind $kind', ({ prepare, program }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pg-one-'));
  let server: PostgresServer;
  let pooler: PgBouncer;
  let world: FaultWorld | undefined;

  beforeAll(async () => {
    needPackages('postgresql-15', 'pgbouncer');
    server = await PostgresServer.create('one', folder);
    server.initialise();
    await server.start();
    await server.query('create database idp');
    pooler = await startPgBouncer(server, {
      poolSize: POOL_SIZE,
      ...(program !== undefined && { program, settings: ['max_prepared_statements = 1000'] }),
    });
  });
  afterAll(async () => {
    await world?.stop();
    await pooler?.stop();
    await server?.stop('immediate');
    rmSync(folder, { recursive: true, force: true });
  });

  const env = (): NodeJS.ProcessEnv => ({
    IDP_DATABASE_URL: pooler.url('idp'),
    IDP_DATABASE_DIRECT_URL: server.url('idp'),
    IDP_DATABASE_PREPARE: prepare,
  });

  it('refuses to start without limits, and names the statements that set them', async () => {
    const { code, output } = await runProgram(['idp/main.ts'], {
      ...env(),
      NODE_ENV: 'test',
      IDP_DEMO: '1',
      IDP_MASTER_KEYS: Buffer.alloc(32, 7).toString('base64'),
    });
    expect(code).toBe(1);
    expect(output).toContain("alter role postgres in database idp set statement_timeout = '10000ms';");
  });

  it('does the day’s work over fewer connections than replicas have; listens past the pooler', async () => {
    for (const [name, limit] of Object.entries(LIMITS)) {
      await server.query(`alter role postgres in database idp set ${name} = '${limit}'`);
    }
    await pooler.stop();
    pooler = await startPgBouncer(server, {
      poolSize: POOL_SIZE,
      ...(program !== undefined && { program, settings: ['max_prepared_statements = 1000'] }),
    });
    world = await startFaultWorld({ replicas: 2, people: 10, databaseUrl: server.url('idp'), env: env() });
    const load = await startLoad(world, { users: 10, perSecond: 20, seconds: 15 });
    const ledger = await load.ended;
    const sessions = await server.query<{ name: string; query: string; count: string }>(
      `select application_name as name, min(query) as query, count(*) from pg_stat_activity
       where datname = 'idp' and application_name <> 'test' group by 1 order by 1`,
    );
    // the connection that listens is also asked for signs of life and for the lease of the jobs
    const listening = await server.query<{ count: string }>(
      `select count(*) from pg_stat_activity where datname = 'idp' and query ~ '^(listen |select 1$)|job_lease'`,
    );
    const faults = await auditLoad(world, ledger);
    const sum = sessions.reduce((total, { count }) => total + Number(count), 0);
    const failed = ledger.failures().length;
    recordResult({
      row: 'R11',
      deed: `the day’s work behind PgBouncer in transaction mode, statements ${prepare}`,
      figures: `${sum} sessions at the server for 2 replicas; ${ledger.summary()}`,
      passed: failed === 0 && faults.length === 0,
    });
    expect(faults).toEqual([]);
    expect(failed).toBe(0);
    expect(Number(listening[0]?.count)).toBe(2); // one a replica, directly
    expect(sum).toBeLessThanOrEqual(POOL_SIZE + 2);
  });
});
