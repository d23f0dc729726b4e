import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const FROM_FILE = '_FILE';
const FROM_COMMAND = '_COMMAND';
const LARGEST_SECRET = 64 * 1024;
const COMMAND_MS = 20_000;
const READ_BY_OTHERS = 0o004;
const ENTERED_BY_OTHERS = 0o001;
/** Where a container engine puts what it gives to one container alone, for whatever user runs there. */
const CONTAINERS_OWN = '/run/secrets/';

export interface SecretName {
  name: string;
  /** A program may print it. */
  commandable?: boolean;
}

export interface SecretFault {
  name: string;
  message: string;
}

/**
 * The environment with these secrets taken from where they are: themselves, the file that `X_FILE` names, or what
 * the program of `X_COMMAND` prints; and what is wrong. In production a file that others on this machine can read
 * is refused. Messages never hold a value.
 */
export function readSecretSources(
  secrets: readonly SecretName[],
  environment: NodeJS.ProcessEnv,
): { values: NodeJS.ProcessEnv; faults: SecretFault[] } {
  const values: NodeJS.ProcessEnv = { ...environment };
  const faults: SecretFault[] = [];
  for (const { name, commandable } of secrets) {
    const sources = [name, name + FROM_FILE, ...(commandable ? [name + FROM_COMMAND] : [])].filter(
      (source) => environment[source] !== undefined,
    );
    const [source] = sources;
    if (source === undefined || (source === name && sources.length === 1)) continue;
    try {
      if (sources.length > 1) throw new SourceFault(`is given twice, by ${sources.join(' and ')}`);
      const given = environment[source] ?? '';
      const text =
        source === name + FROM_FILE
          ? readSecretFile(given, environment['NODE_ENV'] === 'production')
          : printedBy(given, environment);
      if (text.length > LARGEST_SECRET) throw new SourceFault('what it holds is too large for a secret');
      values[name] = text.trimEnd();
    } catch (error) {
      if (!(error instanceof SourceFault)) throw error;
      faults.push({ name, message: error.message });
    }
  }
  return { values, faults };
}

class SourceFault extends Error {}

function readSecretFile(file: string, isProduction: boolean): string {
  try {
    if (isProduction && isOpenToOthers(path.resolve(file))) {
      throw new SourceFault('its file can be read by everybody on this machine: chmod o-r');
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof SourceFault) throw error;
    throw new SourceFault(`its file cannot be read (${codeOf(error)})`);
  }
}

/** Readable by others, and in folders that all let them in. */
function isOpenToOthers(file: string): boolean {
  if (file.startsWith(CONTAINERS_OWN) || (statSync(file).mode & READ_BY_OTHERS) === 0) return false;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & ENTERED_BY_OTHERS) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/** What a program prints, called without a shell. @param command a JSON list, or words between spaces */
function printedBy(command: string, environment: NodeJS.ProcessEnv): string {
  const [program = '', ...args] = argumentsOf(command);
  const { error, status, signal, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: environment,
    timeout: COMMAND_MS,
    maxBuffer: LARGEST_SECRET,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw new SourceFault(`its command cannot be run (${codeOf(error)})`);
  if (status !== 0) throw new SourceFault(`its command failed (${signal ?? status})`);
  return stdout;
}

function argumentsOf(command: string): string[] {
  if (!command.trimStart().startsWith('[')) return command.trim().split(/\s+/);
  try {
    const list: unknown = JSON.parse(command);
    if (Array.isArray(list) && list.every((part) => typeof part === 'string')) return list;
  } catch {
    // told below
  }
  throw new SourceFault('its command is no JSON list of words');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unreadable';
}
