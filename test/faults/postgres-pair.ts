import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresServer } from './postgres-server.ts';

/** A primary and a standby that confirms each commit. */
export interface PostgresPair {
  first: PostgresServer;
  second: PostgresServer;
  /** Both addresses in one URL, as `IDP_DATABASE_URL` takes them. */
  url(database: string): string;
  /** The standby takes over after the primary was stopped; alone, the new one waits for nobody's confirmation. */
  failOver(how?: 'fast' | 'immediate' | 'kill'): Promise<void>;
  /** The old primary comes back as the synchronous standby of the new one. */
  rejoin(): Promise<void>;
  /** Whether the standby confirms commits at this moment. */
  isSynchronous(): Promise<boolean>;
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  stop(): Promise<void>;
}

const SYNCHRONOUS = "alter system set synchronous_standby_names = '*'";

/**
 * Two PostgreSQL 15 on loopback ports: `first` the primary, `second` its synchronous standby.
 * @param settings `name=value` server settings of both
 */
export async function startPostgresPair(settings: string[] = []): Promise<PostgresPair> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pg-pair-'));
  const first = await PostgresServer.create('first', folder);
  const second = await PostgresServer.create('second', folder);
  let primary = first;
  let standby = second;
  const isSynchronous = async (): Promise<boolean> => {
    const rows = await primary.query<{ sync_state: string }>('select sync_state from pg_stat_replication');
    return rows.some(({ sync_state: state }) => state === 'sync');
  };
  const beSynchronous = async (): Promise<void> => {
    await primary.query(SYNCHRONOUS);
    await primary.query('select pg_reload_conf()');
    for (let tries = 0; !(await isSynchronous()); tries += 1) {
      if (tries > 300) throw new Error(`no synchronous standby:\n${standby.log}`);
      await sleep(100);
    }
  };
  const stop = async (): Promise<void> => {
    await Promise.all([first.stop('immediate'), second.stop('immediate')]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // a standby looks for its primary every five seconds unless told, and commits wait for it
    first.initialise(['wal_retrieve_retry_interval=500ms', ...settings]);
    await first.start();
    second.copyFrom(first);
    await second.start();
    await beSynchronous();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    first,
    second,
    url: (database) => `postgres://postgres@127.0.0.1:${first.port},127.0.0.1:${second.port}/${database}`,
    async failOver(how = 'kill') {
      await primary.stop(how);
      await standby.promote();
      [primary, standby] = [standby, primary];
    },
    async rejoin() {
      await standby.stop('fast');
      await primary.query('checkpoint'); // before 16 pg_rewind knows the new timeline only by it
      standby.rewindTo(primary);
      await standby.start();
      await beSynchronous();
    },
    isSynchronous,
    get primary() {
      return primary;
    },
    get standby() {
      return standby;
    },
    stop,
  };
}
