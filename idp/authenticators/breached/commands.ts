import { parseArgs } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { importBreached } from './import.ts';
import { openHashSource } from './source.ts';

const TELL_EVERY_MS = 2000;

/**
 * `FILE [--again]`: takes a list of leaked passwords in; a list read to its end before is passed over unless
 * `--again`.
 * @param tell hears every two seconds how far it is
 * @throws ConfigurationError when there is no such list, or naming the line that is no hash
 */
export async function runBreachedImport(
  db: Db,
  args: string[],
  tell: (progress: string) => void,
): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    options: { again: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [place] = positionals;
  if (place === undefined)
    throw new ConfigurationError('name a file of lines SHA1:COUNT, or a folder of range files');
  const source = await openHashSource(place);
  let toldAt = 0;
  const outcome = await importBreached(db, source, {
    anew: values.again,
    tell(position, hashes) {
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      tell(`${((100 * position) / Math.max(1, source.size)).toFixed(1)} %, ${hashes} hashes`);
    },
  });
  return outcome.wasDone
    ? `${place} was imported before; --again reads it anew`
    : `imported ${outcome.hashes} hashes`;
}
