import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Visitor } from '../../test/mch-app/support/visitor.ts';

/*
 * The largest list as a file: how far the process grows while it leaves, how much more for another one after that, and
 * what is left of it once it is collected. The server has whatever heap V8 takes by itself, as in production.
 */
const ROWS = 50_000;
const FIRST_MIB = 160;
/** The process takes what room V8 gives it, and then no more: of so many files after the first, what the last adds. */
const AGAIN = 4;
const AGAIN_MIB = 32;
/** What may be in use at the end more than after the first tenth. */
const LEFT_MIB = 8;
const MIB = 1_048_576;

const file = path.join(tmpdir(), `bench-memory-${process.pid}`);
export const PROBE = {
  flags: ['--expose-gc', '--import', path.join(import.meta.dirname, 'memory-probe.ts')],
  env: { BENCH_MEMORY_FILE: file },
};

interface Measured {
  origin: string;
  pid: number;
  database: string;
}

/** Takes the file away five times as anybody does, and once stopping to collect. @returns what to say; `too much` first where it is */
export async function exportLargest(visitor: Visitor, server: Measured, address: string): Promise<string> {
  const before = resident(server.pid);
  const plain: { bytes: number; mib: number }[] = [];
  const start = performance.now();
  const { status, bytes } = await take(visitor, server, address, (sent) => {
    plain.push({ bytes: sent, mib: resident(server.pid) });
  });
  const seconds = (performance.now() - start) / 1000;
  const rows = await rowsOfLast(server.database);
  const again = [];
  while (again.length < AGAIN) {
    let most = 0;
    await take(visitor, server, address, () => {
      most = Math.max(most, resident(server.pid));
    });
    again.push(most);
  }

  const left: number[] = [];
  await take(visitor, server, address, async (sent) => {
    if (sent >= (bytes * (left.length + 1)) / 11) left.push(await inUse(server.pid));
  });
  rmSync(file, { force: true });

  const most = (of: typeof plain): number => Math.max(0, ...of.map(({ mib }) => mib));
  const tenths = Array.from({ length: 10 }, (_, at) =>
    most(plain.filter(({ bytes: sent }) => Math.ceil((sent / bytes) * 10) === at + 1)),
  );
  const grown = most(plain) - before;
  const yetMore = Math.max(0, (again.at(-1) ?? 0) - Math.max(most(plain), ...again.slice(0, -1)));
  const more = (left.at(-1) ?? 0) - (left[0] ?? 0);
  const isFine =
    status === 200 &&
    rows >= ROWS &&
    grown <= FIRST_MIB &&
    yetMore <= AGAIN_MIB &&
    left.length >= 10 &&
    more <= LEFT_MIB;
  return (
    `${isFine ? '' : 'too much: '}${rows} rows as ODS: ${(bytes / MIB).toFixed(1)} MiB in ${seconds.toFixed(1)} s, ` +
    `resident ${before} MiB and ${grown} MiB more at most (by tenths ${tenths.join(', ')}), ` +
    `at most ${again.join(', ')} MiB for the same again, the last ${yetMore} more; in use once collected ${left.join(', ')} MiB`
  );
}

async function take(
  visitor: Visitor,
  { origin }: Measured,
  address: string,
  each: (sent: number) => void | Promise<void>,
): Promise<{ status: number; bytes: number }> {
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${origin}${address}`, { headers: { cookie } });
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    await each(bytes);
  }
  return { status: answer.status, bytes };
}

/** What the process has in use after a collection, in MiB. */
async function inUse(pid: number): Promise<number> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      const said = readFileSync(file, 'utf8');
      if (said !== '') return Number(said);
    } catch {
      // not yet
    }
  }
}

/** Resident memory of the process, in MiB. */
function resident(pid: number): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

async function rowsOfLast(database: string): Promise<number> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const { rows } = await client.query<{ row_count: number }>(
    'select row_count from record_export order by id desc limit 1',
  );
  await client.end();
  return rows[0]?.row_count ?? 0;
}
