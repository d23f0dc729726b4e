import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EmbeddedServer, startEmbeddedServer } from '#db/embedded/server.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { runProgram } from '../test/support/replica.ts';

/** A database to measure on, kept between runs. */
export interface WorldPlan {
  /** `mch`, `idp`: the name of the database too, and of its program. */
  name: string;
  program: string;
  /** What it is made of and by; any other is another world. */
  facts: unknown;
  sources: readonly string[];
  environment(server: EmbeddedServer, keys: string): Record<string, string>;
  /** Fills the migrated database, which is empty. */
  fill(server: EmbeddedServer, keys: string): Promise<void>;
}

export interface KeptWorld {
  server: EmbeddedServer;
  folder: string;
  /** The keys its numbers are sealed with. */
  keys: string;
  /** What a process needs to run on it. */
  env: Record<string, string>;
}

const ROOT = path.resolve(import.meta.dirname, '..');
const FAST = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_wal_size=16GB',
  'shared_buffers=1GB',
];
const TUNED = ['shared_buffers=1GB', 'random_page_cost=1.1', 'effective_cache_size=4GB'];

/**
 * Opens a world, making it first where it is not there yet; one that is half made has another name and is made anew.
 * Newer migrations are applied to it.
 */
export async function openKeptWorld(
  plan: WorldPlan,
  settings: readonly string[] = TUNED,
): Promise<KeptWorld> {
  const folder = folderOf(plan);
  if (!existsSync(folder)) await make(plan, folder);
  const server = await startEmbeddedServer(path.join(folder, 'pg18'), [...settings]);
  const keys = readFileSync(path.join(folder, 'keys'), 'utf8');
  const env = plan.environment(server, keys);
  try {
    await runCommand(plan.program, ['migrate'], env);
  } catch (error) {
    await server.stop();
    throw new Error(`Remove ${folder} to make it anew.`, { cause: error });
  }
  return { server, folder, keys, env };
}

async function make(plan: WorldPlan, folder: string): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const keys = randomBytes(32).toString('base64');
  writeFileSync(path.join(partial, 'keys'), keys);
  const server = await startEmbeddedServer(path.join(partial, 'pg18'), FAST);
  try {
    await ensureDatabase(server.url('postgres'), plan.name);
    await runCommand(plan.program, ['migrate'], plan.environment(server, keys));
    await plan.fill(server, keys);
  } finally {
    await server.stop();
  }
  renameSync(partial, folder);
}

/** One of a program's commands. @throws Error with its output */
export async function runCommand(
  program: string,
  args: string[],
  env: Record<string, string>,
): Promise<void> {
  const { code, output } = await runProgram([program, ...args], env);
  if (code !== 0) throw new Error(output);
}

function folderOf({ name, facts, sources }: WorldPlan): string {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const source of sources) hash.update(readFileSync(path.join(ROOT, source)));
  return path.join(ROOT, '.data/bench', `${name}-${hash.digest('hex').slice(0, 12)}`);
}

/** Says how long it has been since the start. */
export function stopwatch(say: (text: string) => void): (what: string) => void {
  const start = performance.now();
  return (what) => say(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
