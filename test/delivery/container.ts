import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SCRIPT = path.join(import.meta.dirname, 'container.sh');
const KEPT = 40_000;
export const NODE = realpathSync(process.execPath);

/** What a container sees. */
export interface Box {
  /** uid:gid */
  user: string;
  /** Seen as /app. */
  app: string;
  writable?: boolean;
  env?: Record<string, string>;
  /** Files copied into /run/secrets, where the process may read them. */
  secrets?: string;
  /** Further files or folders, read-only. */
  binds?: [source: string, target: string][];
  /** Places that may be written, as `target:options`. */
  tmpfs?: string[];
  /** How many files may be open; 1024, as many engines have it. */
  files?: number | undefined;
  /** The process whose network it shares; this machine's without it. */
  network?: Network | undefined;
}

export interface Contained {
  pid: number;
  output(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
}

/** A network of its own: only its loopback, with names for addresses on it. */
export interface Network {
  pid: number;
  hosts: Record<string, string>;
  close(): void;
}

/** Makes a network of its own. @param hosts names and their addresses in 127.0.0.0/8 */
export async function openNetwork(hosts: Record<string, string>): Promise<Network> {
  const args = ['--net', 'sh', '-c', 'ip link set lo up && echo ready && exec cat'];
  const holder = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.once('exit', (code) => reject(new Error(`no network of its own (exit ${code}): this needs root`)));
  });
  return { pid: holder.pid ?? 0, hosts, close: () => holder.stdin.end() };
}

/** Starts a command in a container of its own, as docker-compose.yml would have it; root is needed. */
export function startContained(box: Box, command: string[]): Contained {
  const work = mkdtempSync(path.join(tmpdir(), 'box-'));
  const root = path.join(work, 'root');
  mkdirSync(root);
  const hosts = Object.entries({ localhost: '127.0.0.1', ...box.network?.hosts });
  writeFileSync(path.join(work, 'hosts'), hosts.map(([name, address]) => `${address} ${name}\n`).join(''));
  const split = (text: string): string => text.replace(':', ' ');
  const env = {
    PATH: '/opt/node:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...box.env,
    BOX_ROOT: root,
    BOX_USER: box.user,
    BOX_APP: box.app,
    BOX_APP_MODE: box.writable ? 'rw' : 'ro',
    BOX_NODE: NODE,
    BOX_FILES: String(box.files ?? 1024),
    BOX_HOSTS: path.join(work, 'hosts'),
    BOX_SECRETS: box.secrets ?? '',
    BOX_BINDS: (box.binds ?? []).map((pair) => pair.join(' ')).join('\n'),
    BOX_TMPFS: (box.tmpfs ?? []).map(split).join('\n'),
  };
  const mount = ['unshare', '--mount', '--propagation', 'private', 'sh', SCRIPT, ...command];
  const [file = '', ...args] = box.network
    ? ['nsenter', `--net=/proc/${box.network.pid}/ns/net`, ...mount]
    : mount;
  const child: ChildProcess = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let kept = '';
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString()).slice(-KEPT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      rmSync(work, { recursive: true, force: true });
      resolve(code ?? signal ?? 'lost');
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => kept,
    ended,
    signal: (name) => void child.kill(name),
  };
}

/** Runs a command in a container to its end. @returns what it wrote @throws Error with that when it failed */
export async function runContained(box: Box, command: string[]): Promise<string> {
  const process = startContained(box, command);
  const code = await process.ended;
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${process.output()}`);
  return process.output();
}
