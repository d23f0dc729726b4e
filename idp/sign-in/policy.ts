import { HOUR, SECOND } from '#kit/clock.ts';
import { type AccountRole, accountStanding, needsSecondFactor } from '../accounts/index.ts';
import {
  ACR_MFA,
  ACR_PHISHING_RESISTANT,
  type PasswordRules,
  acrOf,
  isPasswordExpired,
  satisfiesAcr,
} from '../authenticators/index.ts';
import { type Proof, provenIdentity } from './proof.ts';
import type { AccountChoice, InteractionFacts, Person, SignInProgress, SignInResult, Step } from './types.ts';

/** A second factor may join a password of the session for this long; after that both are asked. */
const STEP_UP_MS = HOUR;

export interface JourneyFacts {
  interaction: InteractionFacts;
  rules: PasswordRules;
  /** Who proves a factor that a false site cannot pass on. */
  phishingResistantRoles?: ReadonlySet<AccountRole>;
  /** Whoever `provenIdentity` names. */
  person?: Person;
  /** Absent when the client belongs to no subsystem. */
  choice?: AccountChoice;
  /** Whether the provider that proved the person still speaks for them. */
  vouched?: boolean;
}

/** What the person has to do next. The order never changes, so no step can be left out. */
export function nextStep(facts: JourneyFacts, now: Date): Step {
  const { interaction, person } = facts;
  const proof = provenIdentity(interaction, now);
  if (!proof || !person) return { step: 'password' };
  const standing = accountStanding(person, now);
  if (standing !== 'active') return proof.fresh ? refused(standing) : { step: 'password' };

  if (provesFormerPassword(interaction.progress, proof, person)) return { step: 'password' };
  if (provenElsewhere(interaction.progress, proof) && facts.vouched !== true) return { step: 'password' };
  const strengthen = resistantSignIn(facts, proof, person, now);
  if (strengthen) return strengthen;
  // whoever came by a passkey has not typed the password that is to be replaced
  const typed = proof.fresh && proof.amr.includes('pwd');
  const renewal = typed ? passwordRenewal(person, facts.rules, now) : undefined;
  if (renewal) return { step: 'change-password', reason: renewal };
  if (interaction.prompt === 'consent') return { step: 'consent', result: resultOf(facts, proof, person) };

  const chosen = facts.choice ? chooseAccount(interaction, facts.choice) : undefined;
  if (typeof chosen === 'string') return { step: chosen };
  const acr = chosen?.requiredAcr;
  const strengthenFor = acr && strongerSignIn([[acr]], proof, person, now);
  if (strengthenFor) return strengthenFor;
  if (addsNothing(interaction, proof)) return { step: 'password' };
  return { step: 'done', result: resultOf(facts, proof, person, chosen?.id) };
}

/** The password was replaced elsewhere since this journey proved it: who knew the old one gets no further. */
function provesFormerPassword(progress: SignInProgress, proof: Proof, person: Person): boolean {
  if (!proof.fresh || !proof.amr.includes('pwd') || !person.passwordChangedAt) return false;
  const knownAt = Math.max(proof.authTime, progress.passwordChosenAt ?? 0);
  return person.passwordChangedAt.getTime() >= (knownAt + 1) * SECOND;
}

/** The session alone did not do, or there would be no prompt: handing it back would ask again for ever. */
function addsNothing({ prompt, progress }: InteractionFacts, proof: Proof): boolean {
  const picked = progress.subsystemAccountId !== undefined;
  return prompt === 'login' && !proof.fresh && !proof.steppedUp && !picked;
}

/** Sets of classes, of each of which one must be reached. Whoever set up a second factor is asked for it. */
function requirements({ interaction, person }: JourneyFacts, proof: Proof): string[][] {
  const wanted = interaction.requestedAcr.length > 0 ? [interaction.requestedAcr] : [];
  const hasChosenIt = (person?.hasTotp === true || person?.hasCard === true) && proof.fresh;
  return person && (needsSecondFactor(person) || hasChosenIt) ? [...wanted, [ACR_MFA]] : wanted;
}

/** The next step to what role and request ask for. Whoever must resist phishing and has no passkey adds one. */
function resistantSignIn(facts: JourneyFacts, proof: Proof, person: Person, now: Date): Step | undefined {
  const mustResist = mustResistPhishing(person, facts.phishingResistantRoles);
  const strengthen = () => strongerSignIn(requirements(facts, proof), proof, person, now);
  if (!mustResist || satisfiesAcr(acrOf(proof.amr), ACR_PHISHING_RESISTANT)) return strengthen();
  const counts = passwordCounts(proof, now);
  if (person.hasPasskey) return { step: counts ? 'second-factor' : 'password' };
  // nobody sets up an app only to add a passkey right after
  const before = person.hasTotp || person.hasCard ? strengthen() : undefined;
  // what a provider says is no ground for a factor that takes its place
  const typed = proof.amr.includes('pwd');
  return before ?? { step: proof.fresh && counts && typed ? 'enrol-passkey' : 'password' };
}

/** Whether this person's role asks for a factor that a false site cannot pass on. */
export function mustResistPhishing(
  { role }: Pick<Person, 'role'>,
  roles: ReadonlySet<AccountRole> = new Set(),
): boolean {
  return roles.has(role);
}

/** Whether a second factor may join the password of this proof, or the provider's word. */
function passwordCounts(proof: Proof, now: Date): boolean {
  const hasFirst = proof.amr.includes('pwd') || proof.amr.includes('fed');
  return hasFirst && (proof.fresh || proof.authTime * 1000 + STEP_UP_MS > now.getTime());
}

function strongerSignIn(required: string[][], proof: Proof, person: Person, now: Date): Step | undefined {
  const have = acrOf(proof.amr);
  const unmet = required.filter((classes) => !classes.some((acr) => satisfiesAcr(have, acr)));
  if (unmet.length === 0) return undefined;
  const reach = person.hasPasskey ? ACR_PHISHING_RESISTANT : ACR_MFA;
  if (!unmet.every((classes) => classes.some((acr) => satisfiesAcr(reach, acr)))) {
    return refused('second_factor_missing');
  }
  const counts = passwordCounts(proof, now);
  const hasOne = person.hasTotp || person.hasPasskey || person.hasCard;
  if (hasOne) return { step: counts ? 'second-factor' : 'password' };
  // a factor is set up by whoever has just typed the password, not by whoever finds the browser open
  return { step: proof.fresh && counts ? 'enrol-second-factor' : 'password' };
}

function passwordRenewal(
  person: Person,
  rules: PasswordRules,
  now: Date,
): 'expired' | 'required' | undefined {
  if (person.mustChangePassword === true) return 'required';
  if (person.passwordChangedAt && isPasswordExpired(person.passwordChangedAt, rules, now)) return 'expired';
  return undefined;
}

/** The account to act as, or the page that asks. One that was named but is not to be had is never replaced. */
function chooseAccount(
  interaction: InteractionFacts,
  choice: AccountChoice,
): NonNullable<AccountChoice['named']> | 'choose-account' | 'no-account' {
  if (choice.total === 0) return 'no-account';
  const { progress, requestedSubsystemAccountId: requested } = interaction;
  const picked = progress.subsystemAccountId !== undefined;
  const mustAsk =
    interaction.mustChooseAccount === true || interaction.reasons.includes('select_account_prompt');
  if (mustAsk && !picked) return 'choose-account';
  const wasNamed = picked || requested !== undefined;
  return (wasNamed ? choice.named : choice.only) ?? 'choose-account';
}

/** The first factor of this journey is a provider's word, not one of ours. */
function provenElsewhere(progress: SignInProgress, proof: Proof): boolean {
  return progress.upstream !== undefined && proof.fresh && proof.amr.includes('fed');
}

function resultOf(
  { interaction: { progress } }: JourneyFacts,
  proof: Proof,
  person: Person,
  subsystemAccountId?: string,
): SignInResult {
  const { upstream } = progress;
  return {
    accountId: proof.accountId,
    acr: acrOf(proof.amr) ?? '',
    amr: proof.amr,
    authTime: proof.authTime,
    ...(subsystemAccountId !== undefined && { subsystemAccountId }),
    ...(upstream && provenElsewhere(progress, proof) && { upstream }),
    ...(proof.fresh && person.lastSignInAt && { previousSignInAt: person.lastSignInAt }),
  };
}

function refused(reason: Extract<Step, { step: 'refused' }>['reason']): Step {
  return { step: 'refused', reason };
}
