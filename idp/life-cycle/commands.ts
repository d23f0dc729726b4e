import { parseArgs } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { IDLE_DAYS } from './policy.ts';
import { reinstate } from './service/reinstate.ts';
import { resign } from './service/resign.ts';
import { listIdleEntries, listSuspended } from './store/idle.ts';
import { findByLoginName } from './store/people.ts';
import type { LifeDeps, Reviewer } from './types.ts';

const never = '-';

/** `LOGIN --reason TEXT [--successor LOGIN]`. @throws ConfigurationError naming why not */
export async function runResignation(deps: LifeDeps, args: string[]): Promise<string> {
  const { subject, reason, successor } = readArguments(args);
  const outcome = await resign(deps, {
    loginName: subject,
    reason,
    ...(successor !== undefined && { successor }),
  });
  if (!outcome.resigned) throw new ConfigurationError(`${subject} was not resigned: ${outcome.reason}`);
  return `${subject} resigned`;
}

/** `ID --reason TEXT [--by LOGIN]`: in the name of a manager, or of the operator. @throws ConfigurationError */
export async function runReinstatement(deps: LifeDeps, args: string[]): Promise<string> {
  const { subject, reason, by } = readArguments(args);
  const reviewer = by === undefined ? undefined : await findReviewer(deps.db, by);
  const outcome = await reinstate(deps, subject, reason, reviewer);
  if (!outcome.reinstated) throw new ConfigurationError(`${subject} was not reinstated: ${outcome.reason}`);
  return `${subject} reinstated`;
}

/** One a line: unit, account, why, since when, last used. */
export async function describeSuspended(db: Db): Promise<string> {
  const rows = await listSuspended(db);
  const lines = rows.map(({ unitCode, id, because, suspendedAt, lastUsedAt }) =>
    [unitCode, id, because, suspendedAt?.toISOString(), lastUsedAt?.toISOString()]
      .map((cell) => cell ?? never)
      .join('\t'),
  );
  return lines.length > 0 ? lines.join('\n') : 'no account waits to be reinstated';
}

/** One a line: unit, account, last sign-in. */
export async function describeIdleAccounts(db: Db): Promise<string> {
  const rows = await listIdleEntries(db, IDLE_DAYS);
  const lines = rows.map(({ unitCode, loginName, lastSignInAt }) =>
    [unitCode, loginName, lastSignInAt?.toISOString() ?? never].join('\t'),
  );
  return lines.length > 0 ? lines.join('\n') : `everyone signed in within ${IDLE_DAYS} days`;
}

async function findReviewer(db: Db, loginName: string): Promise<Reviewer> {
  const account = await findByLoginName(db, loginName);
  if (account?.status !== 'active') throw new ConfigurationError(`there is no active account ${loginName}`);
  return { accountId: account.id, role: account.role, unitCode: account.unitCode };
}

/** @throws ConfigurationError when the subject or the reason is missing */
function readArguments(args: string[]) {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { reason: text, successor: text, by: text },
    allowPositionals: true,
  });
  const [subject] = positionals;
  if (subject === undefined || !values.reason) throw new ConfigurationError('name one and give a --reason');
  return { subject, reason: values.reason, successor: values.successor, by: values.by };
}
