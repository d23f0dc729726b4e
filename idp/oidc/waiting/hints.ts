import {
  BACKCHANNEL_HINT_THROTTLE,
  BACKCHANNEL_PERSON_THROTTLE,
  PASSWORD_THROTTLE,
  lockedNames,
  normaliseLoginName,
  reserveAttempt,
  throttleSubject,
} from '../../authenticators/index.ts';
import { TooManyRequests } from '../pace.ts';
import type { PersonFacts } from '../storage/facts.ts';
import { readHinted } from '../storage/read-hinted.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcContext, OidcDeps } from '../types.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_HINT = 100;
const PAUSE_SECONDS = '600';

/**
 * The person whom a client means, if it may ask for them (OpenID Connect CIBA Core 1.0 §7.1): by their `sub` at this
 * client or by their sign-in name, never by an ID number or an address. A client may ask for those who can act as an
 * account of its own subsystem; about all others, whether they are unknown, locked, disabled or strangers to it, it
 * is told the same.
 * @param names whether a sign-in name is meant as well
 * @throws TooManyRequests when this client has named others too often
 */
export async function findHinted(
  deps: OidcDeps,
  ctx: OidcContext,
  value: string,
  names: boolean,
): Promise<PersonFacts | undefined> {
  const { database, registry, keyring, clock, config } = deps;
  const clientId = ctx.oidc.client?.clientId ?? '';
  const { sector, subsystem } = registry.find(clientId) ?? {};
  const account = ctx.oidc.params?.['account'];
  const hint = value.length > LONGEST_HINT ? '' : value;
  const guesses = throttleSubject(keyring, BACKCHANNEL_HINT_THROTTLE, clientId);
  const found = await readHinted(database, {
    accountId: sector === undefined && GUID.test(hint) ? hint : undefined,
    subject: sector === undefined ? undefined : { sector, subject: hint },
    loginName: names ? normaliseLoginName(hint) : undefined,
    subsystemCode: subsystem?.code,
    wantedAccountId: typeof account === 'string' ? account : undefined,
    guesses: { kind: BACKCHANNEL_HINT_THROTTLE.kind, subject: guesses },
  });
  if (found.guessedTooOften) throw pause(ctx);
  const { person, candidates } = found;
  // asked of everybody, so that the time it takes tells nothing
  const isLocked = await isPasswordLocked(deps, person?.loginName ?? '');
  const canAct =
    !subsystem || (account === undefined ? candidates.length > 0 : candidates[0]?.id === account);
  if (person && canAct && !isLocked) {
    currentWork().people.set(person.accountId, person);
    return person;
  }
  if (!config.certification) {
    const left = await reserveAttempt(database.db, BACKCHANNEL_HINT_THROTTLE, guesses, clock());
    if (left === undefined) throw pause(ctx);
  }
  return undefined;
}

/** Whether wrong passwords have locked the person out for a while. */
export async function isPasswordLocked(
  { database, keyring, clock }: OidcDeps,
  loginName: string,
): Promise<boolean> {
  return (await lockedNames(database.db, keyring, PASSWORD_THROTTLE, [loginName], clock())).size > 0;
}

/** Nobody is asked without end until they press the wrong button. @throws TooManyRequests */
export async function spareThePerson(deps: OidcDeps, ctx: OidcContext, accountId: string): Promise<void> {
  if (deps.config.certification) return;
  const { database, keyring, clock } = deps;
  const subject = throttleSubject(keyring, BACKCHANNEL_PERSON_THROTTLE, accountId);
  const left = await reserveAttempt(database.db, BACKCHANNEL_PERSON_THROTTLE, subject, clock());
  if (left === undefined) throw pause(ctx);
}

function pause(ctx: OidcContext): TooManyRequests {
  ctx.set('Retry-After', PAUSE_SECONDS);
  return new TooManyRequests();
}
