import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const START_DEADLINE_MS = 90_000;
const KEPT_OUTPUT = 400_000;
/** Programs start in half the time when what Node compiled of them is kept for the run. */
const cacheFolder = process.env['TEST_COMPILE_CACHE'];
const compileCache = cacheFolder === undefined ? {} : { NODE_COMPILE_CACHE: cacheFolder };

/** How a program is started, beyond what it is told by its environment. */
export interface Launch {
  /** A command that runs the program by `exec`, in the same process: `['sh', '-c', 'ulimit -n 128; exec "$@"', '-']`. */
  wrapper?: string[];
  /** For Node itself, such as `--max-old-space-size=64`. */
  nodeFlags?: string[];
  /** On top of the other settings. */
  env?: NodeJS.ProcessEnv;
}

/** A server of ours in a process of its own. */
export interface Replica {
  pid: number;
  /** Resolves with its exit code, null when a signal ended it. */
  exited: Promise<number | null>;
  /** What it said when it was ready. */
  message: Record<string, unknown>;
  /** The end of what it wrote to standard output and error. */
  output(): string;
  /** SIGTERM; resolves with the exit code once it is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL: as a power cut would end it. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still, its connections open. */
  suspend(): void;
  /** SIGCONT */
  resume(): void;
}

/*
 * A server binds its port a second or two after it was chosen. Ports of this range are never given to an outgoing
 * connection nor to a `listen(0)`, and every Jest worker has its own share of them, so nobody takes it in between.
 */
const [FIRST_PORT, SHARES, PORTS_A_SHARE] = [10_000, 16, 370];
const share = Number(process.env['JEST_WORKER_ID'] ?? process.pid) % SHARES;
let turn = randomInt(PORTS_A_SHARE);

/** A loopback port nobody uses, and nobody will be given by chance. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PORTS_A_SHARE; tried += 1) {
    turn = (turn + 1) % PORTS_A_SHARE;
    const port = FIRST_PORT + turn * SHARES + share;
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST_PORT} to ${FIRST_PORT + SHARES * PORTS_A_SHARE}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** Starts a program of this repository and waits until it says it is ready. @throws Error with its output */
export async function startReplica(
  args: string[],
  env: NodeJS.ProcessEnv,
  launch: Launch = {},
): Promise<Replica> {
  const { child, output, exited } = launchProgram(args, env, launch);
  const message = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${args[0]} was not ready in time:\n${output()}`));
    }, START_DEADLINE_MS);
    child.once('message', (said) => resolve(said as Record<string, unknown>));
    void exited.then(() => reject(new Error(`${args[0]} ended:\n${output()}`)));
    void Promise.race([exited, new Promise((ready) => child.once('message', ready))]).then(() =>
      clearTimeout(deadline),
    );
  });
  return {
    pid: child.pid ?? 0,
    exited,
    message,
    output,
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** Runs a command of this repository to its end. @returns its exit code and output */
export async function runProgram(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const { output, exited } = launchProgram(args, env);
  const code = await exited;
  return { code, output: output() };
}

/** Starts a program of this repository; what it says is kept. */
export function launchProgram(args: string[], env: NodeJS.ProcessEnv, launch: Launch = {}) {
  const flags = ['--disable-warning=ExperimentalWarning', ...(launch.nodeFlags ?? [])];
  const [file = '', ...rest] = [...(launch.wrapper ?? []), process.execPath, ...flags, ...args];
  const child: ChildProcess = spawn(file, rest, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...compileCache, ...env, ...launch.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let kept = '';
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, output: () => kept, exited };
}
