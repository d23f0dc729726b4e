import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { planRotation, stateOf } from './policy.ts';
import { type SigningKeyDeps, ALGORITHMS, revokeKey, rotateKeys } from './service.ts';
import { listKeyHistory, listKeys } from './store.ts';
import type { KeySchedule, RotationPlan } from './types.ts';

/**
 * Operators' commands on signing keys: `list`, `rotate --reason TEXT [--dry-run]`, `revoke KID --reason TEXT`.
 * @returns what to print
 * @throws ConfigurationError when the command or an argument is missing
 */
export async function runKeyCommand(
  deps: SigningKeyDeps & { issuer: string },
  schedule: KeySchedule,
  [name = '', ...args]: string[],
): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const reason = values.reason ?? '';
  switch (name) {
    case 'list':
      return list(deps);
    case 'rotate': {
      if (values['dry-run']) return describe(await preview(deps, schedule), 'would be');
      if (reason === '') throw new ConfigurationError('give a --reason');
      return describe(await rotateKeys(deps, schedule, { ask: true, reason }), 'is');
    }
    case 'revoke': {
      const [kid] = positionals;
      if (kid === undefined || reason === '') throw new ConfigurationError('name a key and give a --reason');
      if (!(await revokeKey(deps, kid, reason)))
        throw new ConfigurationError(`there is no key ${kid} in use`);
      return `${kid} revoked; tokens it signed are worthless from now on`;
    }
    default:
      throw new ConfigurationError('keys: list, rotate or revoke');
  }
}

async function preview(deps: SigningKeyDeps, schedule: KeySchedule): Promise<RotationPlan> {
  const now = deps.clock();
  return planRotation(await listKeys(deps.db, now), ALGORITHMS, schedule, now, true);
}

async function list(deps: SigningKeyDeps): Promise<string> {
  const now = deps.clock();
  const rows = await listKeyHistory(deps.db);
  const lines = rows.map((row) => {
    const state = stateOf(
      {
        publishFrom: row.publishFrom,
        signFrom: row.signFrom,
        signUntil: row.signUntil ?? undefined,
        publishUntil: row.publishUntil ?? undefined,
        revokedAt: row.revokedAt ?? undefined,
      },
      now,
    );
    const span = `signs ${row.signFrom.toISOString()} to ${row.signUntil?.toISOString() ?? 'open'}`;
    return `${row.kid}  ${row.alg}  ${row.revokedAt ? 'revoked' : state}  ${span}  (${row.reason})`;
  });
  return lines.join('\n');
}

function describe(plan: RotationPlan, verb: string): string {
  if (plan.create.length === 0) return 'a successor is announced already; nothing to do';
  const made = plan.create.map(
    ({ alg, signFrom }) => `${alg}: a key ${verb} announced and signs from ${signFrom.toISOString()}`,
  );
  const ended = plan.close.map(
    ({ kid, publishUntil }) => `${kid}: ${verb} published until ${publishUntil.toISOString()}`,
  );
  return [...made, ...ended].join('\n');
}
