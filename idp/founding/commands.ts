import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { readFounding } from './founding-file.ts';
import { type FoundingDeps, found } from './service.ts';
import type { FoundingRefusal } from './types.ts';

export const FOUNDING_USAGE = `  accounts found FILE|- --reason TEXT           the agency and its first administrators, from JSON; shows their passwords
`;

const WHY: Record<FoundingRefusal, string> = {
  administrator_there: 'there is a national administrator already: people come in by application',
  login_name_taken: 'a login name is taken',
  unit_is_no_agency: 'the unit of that code is no national agency',
};

/**
 * `FILE --reason TEXT`; `-` reads standard input, so that the file need not be kept.
 * @returns one line a person: login name and first password
 * @throws ConfigurationError naming what is wrong
 */
export async function runFounding(deps: FoundingDeps, args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || !values.reason) throw new ConfigurationError('name a file and give a --reason');
  const reading = readFounding(readJson(file), deps.clock());
  if ('faults' in reading) throw new ConfigurationError(reading.faults.join('\n'));
  const outcome = await found(deps, reading.founding, values.reason);
  if (!outcome.founded) throw new ConfigurationError(`not done: ${WHY[outcome.reason]}`);
  const lines = outcome.passwords.map(({ loginName, password }) => `${loginName}  ${password}`);
  return [...lines, 'shown this once; each is changed at the first sign-in'].join('\n');
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read as JSON`, { cause: error });
  }
}
