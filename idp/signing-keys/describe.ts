import { ConfigurationError } from '#kit/errors.ts';
import { stateOf } from './policy.ts';
import type { KeyRow } from './store.ts';
import type { KeySchedule, RetirementDecision, RevocationPlan, RotationPlan } from './types.ts';
import type { Waiting } from './waits.ts';

const iso = (at: Date | undefined): string => at?.toISOString() ?? 'open';

/** Each key in a line, newest first; below it whom an announced one waits for. */
export function describeKeys(rows: KeyRow[], waits: Waiting[], schedule: KeySchedule, now: Date): string {
  const lines = rows.flatMap((row) => {
    const { kid, alg, signFrom, reason, revokedAt, publishUntil } = row;
    const state = revokedAt ? 'revoked' : stateOf(timesOf(row), now);
    const span = `signs ${iso(signFrom)} to ${iso(row.signUntil ?? undefined)}`;
    const published = publishUntil && !revokedAt ? `, published to ${iso(publishUntil)}` : '';
    const origin = row.imported ? ', imported' : '';
    const wait = waits.find(({ key }) => key.kid === kid);
    return [
      `${kid}  ${alg}  ${state}  ${span}${published}${origin}  (${reason})`,
      ...(wait ? describeWait(wait) : []),
      ...(row.promotedWithout?.length
        ? [`    began to sign at its deadline although not fetched by ${row.promotedWithout.join(', ')}`]
        : []),
    ];
  });
  const { rotateAfterMs, announceMs, deadlineMs, keepPublishedMs } = schedule;
  const spans = [rotateAfterMs, announceMs, deadlineMs, keepPublishedMs].map((ms) => `${ms / 1000} s`);
  lines.push(
    `a key signs ${spans[0]}; announced at least ${spans[1]}, at most ${spans[2]}; published ${spans[3]} after`,
  );
  return lines.join('\n');
}

function describeWait({ key, clients, waitsFor }: Waiting): string[] {
  if (!key.wait) return [];
  const unseen = clients.filter(({ seenAt }) => seenAt === null).map(({ clientId }) => clientId);
  return [
    `    not before ${iso(key.wait.earliest)}, at the latest ${iso(key.wait.deadline)}`,
    waitsFor.length === 0
      ? '    every client active within a day has fetched it'
      : `    waits for ${waitsFor.join(', ')}`,
    ...(unseen.length > 0 ? [`    never seen to authenticate: ${unseen.join(', ')}`] : []),
  ];
}

export function describePlan(plan: RotationPlan, isDry: boolean, waits: Waiting[]): string {
  if (plan.create.length === 0) {
    const known = waits.flatMap((wait) => [`${wait.key.alg}: ${wait.key.kid}`, ...describeWait(wait)]);
    return ['a successor is announced already; nothing to do', ...known].join('\n');
  }
  const verb = isDry ? 'would be' : 'is';
  const made = plan.create.map(({ alg, wait }) =>
    wait
      ? `${alg}: a key ${verb} announced and signs from ${iso(wait.earliest)} if every active client has fetched it by then, as soon as they have, at the latest from ${iso(wait.deadline)}`
      : `${alg}: no key signs; a key ${verb} made that signs at once`,
  );
  const ended = plan.close.map(
    ({ kid, signUntil, publishUntil }) =>
      `${kid}: ${verb} signing until then, at the latest ${iso(signUntil)}, and published until ${iso(publishUntil)}`,
  );
  return [...made, ...ended].join('\n');
}

export function describeRevocation(kid: string, plan: RevocationPlan, isDry: boolean): string {
  const head = isDry
    ? `${kid} would be out of use at once, and what it signed worthless`
    : `${kid} revoked; tokens it signed are worthless from now on`;
  if (plan.reopen !== undefined) return `${head}\n${plan.alg}: ${plan.reopen} goes on signing`;
  if (plan.promote) return `${head}\n${plan.alg}: the announced ${plan.promote.kid} signs at once`;
  if (plan.create)
    return `${head}\n${plan.alg}: a new key signs at once; some caches learn it only when theirs is old`;
  return `${head}\n${plan.alg}: the key that signs goes on`;
}

/** @throws ConfigurationError with the reason when it is refused */
export function describeRetirement(kid: string, decision: RetirementDecision, isDry: boolean): string {
  if (decision.allowed) {
    const head = `${kid} ${isDry ? 'would leave' : 'left'} the published keys`;
    return decision.reopen === undefined ? head : `${head}; ${decision.reopen} goes on signing`;
  }
  throw new ConfigurationError(whyNot(kid, decision));
}

function whyNot(kid: string, refusal: Exclude<RetirementDecision, { allowed: true }>): string {
  switch (refusal.reason) {
    case 'unknown_key':
      return `there is no key ${kid} in use`;
    case 'signs':
      return `${kid} signs: rotate it, or revoke it when it may have leaked`;
    case 'tokens_live':
      return `tokens ${kid} signed may live until ${iso(refusal.until)}`;
    case 'sessions_live':
      return `${refusal.sessions} sessions from the time ${kid} signed are alive and may show ID tokens of it; it leaves by itself at ${iso(refusal.until)}`;
  }
}

/** The instants of a row, as the policy takes them. */
export function timesOf({ publishFrom, signFrom, signUntil, publishUntil, revokedAt }: KeyRow) {
  return {
    ...{ publishFrom, signFrom, signUntil: signUntil ?? undefined },
    ...{ publishUntil: publishUntil ?? undefined, revokedAt: revokedAt ?? undefined },
  };
}
