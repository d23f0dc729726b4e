import type { ZodType } from 'zod';
import { ConfigurationError } from './errors.ts';

/**
 * Parses the environment once; every fault is reported together, by the variable's name, never its value.
 * @throws ConfigurationError
 */
export function parseEnvironment<T>(schema: ZodType<T>, environment: NodeJS.ProcessEnv): T {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`Settings that cannot work: ${faults.join('; ')}.`);
}

/** Whether a URL's host is this very machine. */
export function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
