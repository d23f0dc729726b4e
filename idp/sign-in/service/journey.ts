import { Fault } from '#kit/errors.ts';
import { type AuditEvent, type Caller, recordAudit } from '../../audit/index.ts';
import { stillVouched } from '../../federation/index.ts';
import type { SignInDeps } from '../deps.ts';
import { nextStep } from '../policy.ts';
import { provenIdentity } from '../proof.ts';
import { findPerson } from '../store.ts';
import type {
  AccountChoice,
  InteractionFacts,
  Person,
  RefusalReason,
  SignInResult,
  SignedIn,
  Step,
} from '../types.ts';

/** Where one interaction stands. */
export interface Journey {
  facts: InteractionFacts;
  person?: Person;
  choice?: AccountChoice;
  next: Step;
  /** The provider that proved the person has ended it, or speaks for them no more. */
  over?: true;
}

/** Reads what the next step depends on, anew each time, and decides it. */
export async function readJourney(deps: SignInDeps, facts: InteractionFacts): Promise<Journey> {
  const now = deps.clock();
  const proof = provenIdentity(facts, now);
  const person = proof && (await findPerson(deps.db, { id: proof.accountId }));
  const choice = person && (await readChoice(deps, facts, person.id));
  const known = { ...(person && { person }), ...(choice && { choice }) };
  const { rules, phishingResistantRoles, upstream } = deps;
  const tie = facts.progress.upstream;
  const vouched = tie && person && upstream && { vouched: await stillVouched(upstream, tie, person) };
  const next = nextStep({ interaction: facts, rules, phishingResistantRoles, ...known, ...vouched }, now);
  return { facts, ...known, next, ...(vouched && !vouched.vouched && { over: true }) };
}

async function readChoice(
  deps: SignInDeps,
  facts: InteractionFacts,
  accountId: string,
): Promise<AccountChoice | undefined> {
  if (!facts.subsystem || facts.prompt === 'consent') return undefined;
  const mine = { accountId, subsystemCode: facts.subsystem.code, limit: 1 };
  const subsystemAccountId = facts.progress.subsystemAccountId ?? facts.requestedSubsystemAccountId;
  if (subsystemAccountId !== undefined) {
    const { accounts } = await deps.listBoundAccounts({ ...mine, subsystemAccountId });
    if (accounts[0]) return { total: 1, named: accounts[0] };
  }
  const { total, accounts } = await deps.listBoundAccounts(mine);
  return { total, ...(total === 1 && accounts[0] && { only: accounts[0] }) };
}

/** That the person signed in; undefined of a journey that only chose or stepped up. */
export function signedInBy(
  deps: SignInDeps,
  facts: InteractionFacts,
  result: SignInResult,
  caller: Caller,
): SignedIn | undefined {
  if (facts.progress.authenticatedAt === undefined) return undefined;
  const { accountId, upstream } = result;
  const event: AuditEvent = {
    type: 'sign_in.succeeded',
    accountId,
    clientId: facts.clientId,
    ...(result.subsystemAccountId !== undefined && { toSubsystemAccountId: result.subsystemAccountId }),
    caller,
    details: {
      ...{ acr: result.acr, amr: result.amr },
      ...(upstream && { provider: upstream.provider }),
    },
  };
  return { accountId, at: deps.clock(), upstream, event };
}

/** Records the refusal of somebody who proved who they are, and returns the fault to tell them. */
export async function refuse(
  deps: SignInDeps,
  journey: Journey,
  reason: RefusalReason,
  caller: Caller,
): Promise<Fault> {
  await recordAudit(deps.db, {
    type: 'sign_in.refused',
    reason,
    ...(journey.person && { accountId: journey.person.id }),
    clientId: journey.facts.clientId,
    caller,
  });
  return new Fault(reason === 'second_factor_missing' ? reason : 'account_unavailable');
}
