import { type ZodType, z } from 'zod';
import { ConfigurationError } from './errors.ts';
import { type SecretName, readSecretSources } from './secret-sources.ts';

/**
 * Parses the environment once; every fault is reported together, by the variable's name, never its value. A secret
 * may stand in a file, whose path is given as the secret's name with `_FILE` behind it, or be printed by a program.
 * @throws ConfigurationError
 */
export function parseEnvironment<T>(schema: ZodType<T>, environment: NodeJS.ProcessEnv): T {
  const { values, faults } = readSecretSources(secretsOf(schema), environment);
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
function secretsOf(schema: ZodType): SecretName[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([name, type]) => {
    const { secret, commandable } = (type as ZodType).meta() ?? {};
    return secret === true ? [{ name, commandable: commandable === true }] : [];
  });
}

/** Whether a URL's host is this very machine. */
export function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
