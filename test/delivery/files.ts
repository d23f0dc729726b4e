import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const DEPLOY = path.join(ROOT, 'examples/deploy');

/** A service of docker-compose.yml, as far as we use the format. */
export interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  user?: string;
  entrypoint?: string[];
  command?: string[];
  environment?: Record<string, string | null>;
  secrets?: string[];
  volumes?: string[];
  tmpfs?: string[];
  ports?: string[];
  networks?: string[] | Record<string, { aliases: string[] }>;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  restart?: string;
  mem_limit?: string;
  cpus?: number;
  pids_limit?: number;
  ulimits?: { nofile?: number; core?: number };
  profiles?: string[];
  stop_signal?: string;
  stop_grace_period?: string;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

export interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
}

/** docker-compose.yml with its variables replaced. @throws Error with the file's own words for one that is missing */
export function readCompose(variables: Record<string, string>): Compose {
  const text = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return interpolate(value, variables);
    if (Array.isArray(value)) return value.map(fill);
    if (!(value instanceof Object)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(parse(text, { merge: true })) as Compose;
}

function interpolate(text: string, variables: Record<string, string>): string {
  return text.replaceAll(
    /\$(?:(\$)|\{(\w+)(?:(:-|:\?)([^}]*))?\})/g,
    (_all, dollar?: string, name = '', kind?: string, rest = '') => {
      if (dollar !== undefined) return '$';
      const value = variables[name] ?? '';
      if (value === '' && kind === ':?') throw new Error(`${name}: ${rest}`);
      return value === '' && kind === ':-' ? rest : value;
    },
  );
}

export interface Instruction {
  word: string;
  text: string;
}

/** The stages of the Dockerfile, each a list of instructions. */
export function readDockerfile(): Instruction[][] {
  const text = readFileSync(path.join(DEPLOY, 'Dockerfile'), 'utf8');
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(Boolean);
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [word = '', ...rest] = line.split(' ');
    if (word === 'FROM') stages.push([]);
    stages.at(-1)?.push({ word, text: rest.join(' ').trim() });
  }
  return stages;
}

/** A systemd unit's assignments, in order. */
export function readUnit(name: string): [key: string, value: string][] {
  const lines = readFileSync(path.join(DEPLOY, 'systemd', name), 'utf8').split('\n');
  return lines
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}

/** Runs a command to its end. @returns what it wrote @throws Error with all of it when it failed */
export function sh([file = '', ...args]: string[], options: { cwd?: string } = {}): string {
  const done = spawnSync(file, args, { encoding: 'utf8', ...options });
  if (done.status !== 0) throw new Error(`${file} ${args.join(' ')}:\n${done.stdout}${done.stderr}`);
  return done.stdout;
}
