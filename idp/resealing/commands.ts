import { ConfigurationError } from '#kit/errors.ts';
import { type Resealing, reseal } from './service.ts';

const TELL_EVERY_MS = 2000;

/**
 * `national-ids reseal`.
 * @param tell hears every two seconds how far it is
 * @throws ConfigurationError when rows of an ID number stand in each other's way
 */
export async function runReseal(
  deps: Pick<Resealing, 'db' | 'keyring'>,
  tell: (progress: string) => void,
): Promise<string> {
  let toldAt = 0;
  const outcome = await reseal({
    ...deps,
    tell(column, seen, resealed) {
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      tell(`${column}: ${seen} seen, ${resealed} sealed anew`);
    },
  });
  const { resealed, indexed, conflicts, numberless } = outcome;
  const lines = [`${resealed} values sealed anew, ${indexed} rows found by the newest key from now on`];
  if (numberless > 0) {
    lines.push(
      `${numberless} subsystem accounts have no account of their person: only the key they were made under finds them`,
    );
  }
  if (conflicts > 0) {
    throw new ConfigurationError(
      `${conflicts} ID numbers have two applications at one unit; end one and run again`,
    );
  }
  return lines.join('\n');
}
