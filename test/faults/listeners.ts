import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const ROLE = 'deaf_replica';

/** The database under a name of its own, by which the connections of one replica are known. */
export async function urlOfDeaf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `do $$ begin create role ${ROLE} superuser login; exception when duplicate_object then null; end $$`,
  );
  await client.end();
  return databaseUrl.replace('//postgres@', `//${ROLE}@`);
}

/** Kills the connection (it listens, or shows a sign of life) over which that replica hears notifications, again as soon as it is back, until `stop`. */
export async function cutListener(databaseUrl: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  let kills = 0;
  const stopping = new AbortController();
  const cutting = (async () => {
    while (!stopping.signal.aborted) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where usename = $1 and datname = current_database() and (query ilike 'listen %' or query = 'select 1')`,
        [ROLE],
      );
      kills += rowCount ?? 0;
      await sleep(100);
    }
  })();
  return {
    kills: () => kills,
    async stop(): Promise<void> {
      stopping.abort();
      await cutting;
      await client.end();
    },
  };
}
