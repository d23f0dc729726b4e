import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ConfigurationError } from '#kit/errors.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const GRACE_MS = 8000;
const PINO_ERROR = 50;

export interface Program {
  name: string;
  /** The TypeScript file and its arguments, from the repository's root. */
  args: string[];
  env: NodeJS.ProcessEnv;
}

export interface RunningProcess {
  /**
   * Resolves when it says it is ready.
   * @throws ConfigurationError with its own sentence when it ends before
   */
  ready(signal: AbortSignal): Promise<void>;
  /** Resolves with the sentence to tell once it has ended. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL to what still runs eight seconds later. */
  stop(): Promise<void>;
}

/**
 * Starts a program of ours in a process of its own. Its output goes to `logDir/NAME.log`; errors are shown
 * as well.
 */
export function startProcess(program: Program, logDir: string): RunningProcess {
  const { child, ended, said } = launch(program, logDir);
  return {
    ended,
    stop: () => end(child, ended),
    async ready(signal) {
      await new Promise<void>((resolve, reject) => {
        child.once('message', () => resolve());
        void ended.then(() => reject(new ConfigurationError(said.reason())));
        if (signal.aborted) child.kill();
        signal.addEventListener('abort', () => child.kill());
      });
      said.showFromNowOn();
    },
  };
}

/** Runs a command to its end. @throws ConfigurationError with its own sentence when it fails */
export async function runCommand(program: Program, logDir: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { child, ended, said } = launch(program, logDir);
  signal.addEventListener('abort', () => child.kill());
  await ended;
  signal.throwIfAborted();
  if (child.exitCode !== 0) throw new ConfigurationError(said.reason());
}

function launch({ name, args, env }: Program, logDir: string) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // a group of its own: a terminal's Ctrl-C reaches us alone, and we stop everything in order
    detached: process.platform !== 'win32',
  });
  const logFile = path.join(logDir, `${name}.log`);
  const log = createWriteStream(logFile, { mode: 0o600 });
  const said = complaints(name, logFile);
  const eachLine = (stream: Readable | null, report: (line: string) => string | undefined): void => {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      const complaint = report(line);
      if (complaint !== undefined) said.take(complaint);
    });
  };
  eachLine(child.stdout, errorIn);
  eachLine(child.stderr, (line) => line);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, byName) => {
      log.end();
      resolve(`${name} ended unexpectedly (${byName ?? `exit code ${code}`}); see ${logFile}.`);
    });
  });
  return { child, ended, said };
}

/** Errors of one process: held back until it is ready, because its one sentence may be ours to say. */
function complaints(name: string, logFile: string) {
  const held: string[] = [];
  let isShowing = false;
  const show = (line: string): boolean => process.stderr.write(`${name}: ${line}\n`);
  return {
    take: (line: string): unknown => (isShowing ? show(line) : held.push(line)),
    showFromNowOn(): void {
      isShowing = true;
      for (const line of held) show(line);
    },
    /** Its one sentence; a longer story stays in the log. */
    reason: (): string =>
      held.length === 1 ? String(held[0]) : `${name} could not do its work; see ${logFile}.`,
  };
}

/** The message of an error-level JSON log line; undefined for every other line. */
function errorIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string } };
    if ((entry.level ?? 0) < PINO_ERROR) return undefined;
    return [entry.msg, entry.err?.message].filter(Boolean).join(': ');
  } catch {
    return undefined;
  }
}

async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(force);
}
