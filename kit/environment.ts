import { readFileSync } from 'node:fs';
import { type ZodType, z } from 'zod';
import { ConfigurationError } from './errors.ts';

const FROM_FILE = '_FILE';
const LARGEST_SECRET = 64 * 1024;

/**
 * Parses the environment once; every fault is reported together, by the variable's name, never its value. A secret
 * may stand in a file, whose path is given as the secret's name with `_FILE` behind it.
 * @throws ConfigurationError
 */
export function parseEnvironment<T>(schema: ZodType<T>, environment: NodeJS.ProcessEnv): T {
  const { values, faults } = readSecretFiles(secretNames(schema), environment);
  const parsed = schema.safeParse(values);
  if (parsed.success && faults.length === 0) return parsed.data;
  const named = new Set(faults.map(({ name }) => name));
  const issues = parsed.error?.issues ?? [];
  const others = issues.map(({ path, message }) => ({ name: path.join('.'), message }));
  const all = [...faults, ...others.filter(({ name }) => !named.has(name))];
  throw new ConfigurationError(
    `Settings that cannot work: ${all.map(({ name, message }) => `${name}: ${message}`).join('; ')}.`,
  );
}

/** The settings of this schema that are told to be secret. */
function secretNames(schema: ZodType): string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const settings = Object.entries(schema.shape);
  return settings.filter(([, type]) => (type as ZodType).meta()?.['secret'] === true).map(([name]) => name);
}

/** The environment with these secrets taken from their files, and what is wrong with these. */
export function readSecretFiles(names: readonly string[], environment: NodeJS.ProcessEnv) {
  const values: NodeJS.ProcessEnv = { ...environment };
  const faults: { name: string; message: string }[] = [];
  for (const name of names) {
    const file = environment[name + FROM_FILE];
    if (file === undefined) continue;
    if (values[name] !== undefined) {
      faults.push({ name, message: `is given twice, by itself and by ${name}${FROM_FILE}` });
      continue;
    }
    try {
      const text = readFileSync(file, 'utf8');
      if (text.length > LARGEST_SECRET) faults.push({ name, message: 'its file is too large for a secret' });
      else values[name] = text.trimEnd();
    } catch (error) {
      const { code = 'unreadable' } = error as NodeJS.ErrnoException;
      faults.push({ name, message: `its file cannot be read (${code})` });
    }
  }
  return { values, faults };
}

/** Whether a URL's host is this very machine. */
export function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
