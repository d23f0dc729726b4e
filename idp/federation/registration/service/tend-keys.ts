import { calculateJwkThumbprint } from 'jose';
import { DAY, after } from '#kit/clock.ts';
import { type KeyAlarm, settleAlarms, stateOf } from '../../../signing-keys/index.ts';
import { type Resolver, TrustFault } from '../../trust-chain/index.ts';
import type { FederationSettings } from '../settings.ts';
import { listFederationKeys } from '../store/keys.ts';
import type { FederationKey } from '../types.ts';
import { type KeyDeps, isSucceeded, rotateFederationKey, setBeginning } from './keys.ts';

/** Without a rotation of its own a key is old after a year. */
const OLD_DAYS = 365;
const REMIND_DAYS = 14;
export const FEDERATION_KEYS_PAGE = '/console/federation/keys';

/** What a superior said of us, or why it did not. */
export type Heard = { superior: string } & (
  { said: Awaited<ReturnType<Resolver['statementAbout']>> } | { fault: TrustFault }
);

/** What each says of us now, side by side: a slow one keeps nobody waiting for the others. */
export async function askSuperiors(
  resolver: Pick<Resolver, 'statementAbout'>,
  issuer: string,
  superiors: readonly string[],
): Promise<Heard[]> {
  return Promise.all(
    superiors.map(async (superior): Promise<Heard> => {
      try {
        return { superior, said: await resolver.statementAbout(issuer, superior) };
      } catch (fault) {
        if (!(fault instanceof TrustFault)) throw fault;
        return { superior, fault };
      }
    }),
  );
}

/**
 * Announces the next federation key in time, lets it sign once every superior vouches for it and whatever they said
 * before is out, and raises an alarm for what does not come about.
 */
export async function tendFederationKeys(
  deps: KeyDeps & { issuer: string },
  settings: FederationSettings,
  resolver: Pick<Resolver, 'statementAbout'>,
): Promise<void> {
  const { db, clock, issuer } = deps;
  const { rotation, authorityHints } = settings;
  if (rotation && (await isOld(deps, rotation.afterDays)))
    await rotateFederationKey(deps, undefined, { reason: 'schedule' });
  const waiting = (await listFederationKeys(db, clock())).find(
    (key) => key.awaitsSuperiors && stateOf(key, clock()) === 'announced',
  );
  let silent: string[] = [];
  if (waiting) {
    const heard = await askSuperiors(resolver, issuer, authorityHints);
    silent = await withoutKey(heard, waiting);
    if (silent.length === 0) await setBeginning(deps, waiting.kid, whenOut(heard, clock()));
  }
  await settleAlarms(deps, ['vouching_waits', 'federation_overdue'], async (trx, now) => {
    const keys = await listFederationKeys(trx, now);
    return [
      ...lateVouching(keys, silent, rotation?.remindAfterDays ?? REMIND_DAYS, now),
      ...overdue(keys, rotation, now),
    ];
  });
}

async function isOld({ db, clock }: KeyDeps, days: number): Promise<boolean> {
  const now = clock();
  if (await isSucceeded(db, now)) return false;
  const keys = await listFederationKeys(db, now);
  return keys.some((key) => stateOf(key, now) === 'active' && isOlder(key.signFrom, days, now));
}

const isOlder = (from: Date, days: number, now: Date): boolean => after(from, days * DAY) <= now;

/** Those that do not vouch for this very key; its name alone is nothing. */
async function withoutKey(heard: readonly Heard[], key: FederationKey): Promise<string[]> {
  const thumbprint = await calculateJwkThumbprint(key.publicJwk);
  const silent: string[] = [];
  for (const answer of heard) {
    const known = 'said' in answer && answer.said.jwks.keys.find(({ kid }) => kid === key.kid);
    const isSame = known && (await calculateJwkThumbprint(known)) === thumbprint;
    if (!isSame) silent.push(answer.superior);
  }
  return silent;
}

/** What was said before they knew the key was good for no longer than what they say now. */
function whenOut(heard: readonly Heard[], now: Date): Date {
  const lives = heard.map((answer) => ('said' in answer ? answer.said.exp - answer.said.iat : 0));
  return after(now, Math.max(0, ...lives) * 1000);
}

function lateVouching(
  keys: readonly FederationKey[],
  silent: readonly string[],
  days: number,
  now: Date,
): KeyAlarm[] {
  return keys
    .filter((key) => key.awaitsSuperiors && stateOf(key, now) === 'announced')
    .filter((key) => silent.length > 0 && isOlder(key.publishFrom, days, now))
    .map(({ kid }) => ({
      kind: 'vouching_waits',
      subject: kid,
      facts: { clients: silent.join(', '), page: FEDERATION_KEYS_PAGE },
    }));
}

function overdue(
  keys: readonly FederationKey[],
  rotation: FederationSettings['rotation'],
  now: Date,
): KeyAlarm[] {
  if (keys.some((key) => stateOf(key, now) === 'announced')) return [];
  // a day for the schedule to do it by itself
  const days = rotation ? rotation.afterDays + 1 : OLD_DAYS;
  return keys
    .filter((key) => stateOf(key, now) === 'active' && isOlder(key.signFrom, days, now))
    .map(({ kid }) => ({ kind: 'federation_overdue', subject: kid, facts: { page: FEDERATION_KEYS_PAGE } }));
}
