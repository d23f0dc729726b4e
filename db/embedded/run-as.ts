import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Binaries } from './binaries.ts';

const NOBODY = 65534; // has a name in /etc/passwd everywhere; initdb refuses a uid without one

export const bareEnvironment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

export interface Command {
  file: string;
  args: string[];
  options: { uid?: number; gid?: number; cwd?: string };
}

export interface RunAs {
  binaries: Binaries;
  dataDir: string;
  command(file: string, args: string[]): Command;
  /** Hands a folder to the user PostgreSQL runs as. */
  own(folder: string): void;
}

/**
 * PostgreSQL refuses to run as uid 0. An ordinary user runs it directly. Root runs it in a user namespace,
 * where files stay root's and a folder under a private parent works; where namespaces are forbidden it
 * drops to nobody and moves what nobody cannot reach under /var/tmp.
 */
export function chooseRunAs(binaries: Binaries, dataDir: string): RunAs {
  const direct = (file: string, args: string[]): Command => ({ file, args, options: {} });
  if (process.getuid?.() !== 0) return { binaries, dataDir, command: direct, own: () => {} };

  const namespace = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  if (succeeds('unshare', [...namespace, 'true'])) {
    return {
      binaries,
      dataDir,
      command: (file, args) => direct('unshare', [...namespace, file, ...args]),
      own: () => {},
    };
  }

  const drop = { uid: NOBODY, gid: NOBODY, cwd: '/' };
  const reachable = { binaries: reachableBinaries(binaries, drop), dataDir: reachableFolder(dataDir, drop) };
  return {
    ...reachable,
    command: (file, args) => ({ file, args, options: drop }),
    own: (folder) => chownSync(folder, NOBODY, NOBODY),
  };
}

function reachableBinaries(binaries: Binaries, drop: Command['options']): Binaries {
  if (!binaries.root || succeeds(path.join(binaries.bin, 'postgres'), ['--version'], drop)) return binaries;
  const copy = `/var/tmp/pg-native-${shortHash(binaries.root + statSync(binaries.bin).mtimeMs)}`;
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    cpSync(binaries.root, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  return { bin: path.join(copy, 'bin'), root: copy };
}

function reachableFolder(dataDir: string, drop: Command['options']): string {
  mkdirSync(path.dirname(dataDir), { recursive: true });
  if (succeeds('test', ['-x', path.dirname(dataDir)], drop)) return dataDir;
  return path.join('/var/tmp', `pg-data-${shortHash(dataDir)}`, path.basename(dataDir));
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function succeeds(file: string, args: string[], options: Command['options'] = {}): boolean {
  return spawnSync(file, args, { stdio: 'ignore', env: bareEnvironment, ...options }).status === 0;
}
