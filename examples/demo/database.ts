import { startEmbeddedServer } from '#db/embedded/server.ts';
import { openDatabase } from '#db/handle.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { ConfigurationError } from '#kit/errors.ts';
import type { Settings } from './settings.ts';

export interface Databases {
  idp: string;
  mch: string;
  /** Of the hospital group's provider; none beside servers of one's own, unless one is given. */
  group: string | undefined;
  /** Of the embedded server; undefined without one. */
  folder: string | undefined;
  /** Resolves with the sentence to tell when the embedded server ends; never for a server of one's own. */
  lost: Promise<string>;
  stop(): Promise<void>;
}

const OWNER_LOCK = 7_230_001; // any fixed number; only starts of this demo take it
const WATCH_MS = 1000;

/**
 * The databases: on servers of one's own where they are given, else on the embedded one in `folder`.
 * @throws ConfigurationError when the folder is damaged, or another start works on it
 */
export async function openDatabases(folder: string, given: Settings['databaseUrls']): Promise<Databases> {
  if (given.idp !== undefined && given.mch !== undefined) {
    const lost = new Promise<string>(() => {});
    return {
      ...given,
      idp: given.idp,
      mch: given.mch,
      folder: undefined,
      lost,
      stop: () => Promise.resolve(),
    };
  }
  const server = await startEmbeddedServer(folder);
  const owner = openDatabase({
    url: server.url('postgres'),
    connections: 1,
    applicationName: 'demo',
    onConnectionLost: () => {},
  });
  const lock = await owner.connect();
  lock.on('error', () => {}); // the server's end is told by those who work with it
  const { rows } = await lock.query<{ owned: boolean }>(
    `select pg_try_advisory_lock(${OWNER_LOCK}) as owned`,
  );
  if (rows[0]?.owned !== true) {
    await Promise.all([lock.end(), owner.close()]);
    throw new ConfigurationError(
      `Another start is running on ${folder}: stop it, or set DATA_DIR to another folder.`,
    );
  }
  await ensureDatabase(server.url('postgres'), 'idp');
  await ensureDatabase(server.url('postgres'), 'mch');
  await ensureDatabase(server.url('postgres'), 'hospital_group');
  const { lost, unwatch } = watch(server.pid);
  return {
    ...{ lost, folder },
    idp: given.idp ?? server.url('idp'),
    mch: given.mch ?? server.url('mch'),
    group: given.group ?? server.url('hospital_group'),
    async stop() {
      unwatch();
      await Promise.all([lock.end(), owner.close()]);
      await server.stop();
    },
  };
}

function watch(pid: number | undefined): { lost: Promise<string>; unwatch: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<string>((resolve) => {
    timer = setInterval(() => {
      if (pid === undefined || isAlive(pid)) return;
      resolve('The embedded database ended unexpectedly.');
    }, WATCH_MS);
  });
  return { lost, unwatch: () => clearInterval(timer) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
