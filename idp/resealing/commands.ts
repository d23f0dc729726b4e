import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { type ResealOutcome, type Resealing, reseal } from './service.ts';

const TELL_EVERY_MS = 2000;

/**
 * `keys reseal [--dry-run]`.
 * @param tell hears every two seconds how far it is
 * @throws ConfigurationError when rows of an ID number stand in each other's way
 */
export async function runReseal(
  deps: Pick<Resealing, 'db' | 'keyring'>,
  args: string[],
  tell: (progress: string) => void,
): Promise<string> {
  const { values } = parseArgs({ args, options: { 'dry-run': { type: 'boolean', default: false } } });
  let toldAt = 0;
  const outcome = await reseal({
    ...deps,
    dryRun: values['dry-run'],
    tell(column, seen, resealed) {
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      tell(`${column}: ${seen} seen, ${resealed} sealed anew`);
    },
  });
  const { resealed, indexed, conflicts, numberless } = outcome;
  const lines = [
    `${resealed} values sealed anew, ${indexed} rows found by the newest key from now on`,
    ...describeKeys(deps.keyring.keyIds, outcome),
  ];
  if (numberless > 0) {
    lines.push(
      `${numberless} subsystem accounts have no account of their person: they stay under older digests`,
    );
  }
  if (conflicts > 0) {
    throw new ConfigurationError(
      `${conflicts} ID numbers have two applications at one unit; end one and run again`,
    );
  }
  return lines.join('\n');
}

/** What is under which master key; of an older one nothing when it may go. */
function describeKeys([newest = '', ...older]: string[], { under }: ResealOutcome): string[] {
  const columnsOf = (id: string): string =>
    Object.entries(under[id] ?? {})
      .map(([column, count]) => `${column} ${count}`)
      .join(', ') || 'nothing';
  const strange = Object.keys(under).filter((id) => id !== newest && !older.includes(id));
  return [
    `key ${newest} (newest): ${columnsOf(newest)}`,
    ...older.map((id) => `key ${id} (older): ${columnsOf(id)}`),
    ...strange.map((id) => `key ${id} (not in the ring, so lost without it): ${columnsOf(id)}`),
  ];
}
