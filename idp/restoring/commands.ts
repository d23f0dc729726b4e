import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import type { KeySchedule, SigningKeyDeps } from '../signing-keys/index.ts';
import { findUnfinished } from './policy.ts';
import { type Finished, beginRestore, finishRestore } from './service.ts';
import { countReplicas, readRestoreFacts } from './store.ts';

export const RESTORE_USAGE = `  restore status                 whether this database was restored and not finished
  restore begin --reason TEXT    it was restored from a copy: no replica serves it until finished
  restore finish --reason TEXT [--point TIME]   end everything issued before; then replicas may start
`;

/**
 * Operators' commands after a restore, see `RESTORE_USAGE`.
 * @returns what to print
 * @throws ConfigurationError when an argument is missing or replicas still run
 */
export async function runRestoreCommand(
  deps: SigningKeyDeps,
  schedule: KeySchedule,
  [name = '', ...args]: string[],
): Promise<string> {
  const { values } = parseArgs({ args, options: { reason: { type: 'string' }, point: { type: 'string' } } });
  const reason = values.reason?.trim() ?? '';
  switch (name) {
    case 'status': {
      const facts = await readRestoreFacts(deps.db);
      const unfinished = findUnfinished(facts);
      const state =
        unfinished === undefined ? 'no restore waits to be finished' : 'restored and NOT finished';
      return `${state}; epoch ${facts.epoch}, timeline ${facts.timeline}${facts.target === '' ? '' : `, recovery target ${facts.target}`}`;
    }
    case 'begin':
      if (reason === '') throw new ConfigurationError('give a --reason');
      await beginRestore(deps, reason);
      return 'no replica serves this database until the restore is finished';
    case 'finish': {
      if (reason === '') throw new ConfigurationError('give a --reason');
      if (values.point !== undefined && Number.isNaN(Date.parse(values.point))) {
        throw new ConfigurationError(`${values.point} is not a time`);
      }
      if ((await countReplicas(deps.db)) > 0) throw new ConfigurationError('stop every replica first');
      return describe(await finishRestore(deps, schedule, { reason, point: values.point }));
    }
    default:
      throw new ConfigurationError('restore: status, begin or finish');
  }
}

function describe({ epoch, at, point, keys, logouts, logoutsAgain, ended }: Finished): string {
  const lines = Object.entries(ended).map(([what, count]) => `  ${String(count).padStart(8)}  ${what}`);
  return [
    `restored to ${point}; epoch ${epoch} begins: nothing issued before ${at.toISOString()} is accepted. Ended:`,
    ...lines,
    `  ${String(keys).padStart(8)}  signing keys, replaced at once`,
    `${logouts} logouts are sent to subsystems, and ${logoutsAgain} that waited, perhaps for the second time.`,
    'Accounts, passwords and second factors are as they were at that point. What was decided afterwards is lost: look',
    'through the audit trail shipped since then for accounts disabled, passwords, roles and client secrets changed, and',
    'do it again. Start the replicas.',
  ].join('\n');
}
