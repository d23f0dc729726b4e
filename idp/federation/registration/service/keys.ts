import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, DAY, MINUTE } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import type { Keyring } from '#kit/keyring.ts';
import {
  type KeyDeed,
  type KeySchedule,
  type RevocationPlan,
  type RotationPlan,
  askForConfirmation,
  planRevocation,
  planRotation,
  recordKeyDeed,
  stateOf,
  withKeyPairs,
} from '../../../signing-keys/index.ts';
import { insertFederationKey, listFederationKeys, lockFederation, moveFederationKey } from '../store/keys.ts';

export interface KeyDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
}

const ALG = 'ES256';
const SKEW_MS = MINUTE;
/** Longer than any statement is good. */
const KEPT_MS = 8 * DAY;

/** That of a key which waits for our superiors: they take it when somebody tells them. */
const OPEN_DAYS = 3650;

function scheduleOf(days: number): KeySchedule {
  const announceMs = days * DAY;
  return {
    ...{ announceMs, deadlineMs: announceMs, keepPublishedMs: KEPT_MS, skewMs: SKEW_MS },
    ...{ rotateAfterMs: 10_000 * DAY, tokenMs: KEPT_MS, handoverMs: SKEW_MS },
  };
}

/** Makes the first key; once there is one, nothing. */
export async function ensureKey(trx: Trx, deps: KeyDeps, reason: string): Promise<void> {
  await lockFederation(trx);
  const now = deps.clock();
  if ((await listFederationKeys(trx, now)).length > 0) return;
  await withKeyPairs(deps, [ALG], (take) =>
    carryOut(trx, planRotation([], [ALG], scheduleOf(0), now, true), take, { reason }),
  );
}

/** Whether a successor is announced already. */
export async function isSucceeded(db: Db | Trx, now: Date): Promise<boolean> {
  return (await listFederationKeys(db, now)).some((key) => stateOf(key, now) === 'announced');
}

/**
 * Announces a successor. It signs `days` from now, whoever vouches for it; without days as soon as every superior does,
 * and what each said before is out.
 * @returns its kid; undefined when one is announced already
 * @throws ConfigurationError when there is no key yet
 */
export async function rotateFederationKey(
  deps: KeyDeps,
  days: number | undefined,
  deed: KeyDeed,
): Promise<string | undefined> {
  return withKeyPairs(deps, [ALG], (take) =>
    transact(deps.db, async (trx) => {
      await lockFederation(trx);
      const now = deps.clock();
      const keys = await listFederationKeys(trx, now);
      if (keys.length === 0) throw new ConfigurationError('there is no key yet: apply a file first');
      const plan = planRotation(keys, [ALG], scheduleOf(days ?? OPEN_DAYS), now, true);
      return carryOut(trx, plan, take, deed, days === undefined);
    }),
  );
}

/** What revoking it would do now; undefined when there is no such key in use. */
export async function previewFederationRevocation(
  { db, clock }: { db: Db | Trx; clock: Clock },
  kid: string,
): Promise<RevocationPlan | undefined> {
  const now = clock();
  return planRevocation(await listFederationKeys(db, now), kid, scheduleOf(0), now);
}

/**
 * Takes a key that may have leaked out at once; what is to sign in its place does so at once. A second person is asked
 * to confirm it.
 * @returns what was done; undefined when there is no such key in use
 */
export async function revokeFederationKey(
  deps: KeyDeps & { issuer: string },
  kid: string,
  deed: KeyDeed,
): Promise<RevocationPlan | undefined> {
  return withKeyPairs(deps, [ALG], (take) =>
    transact(deps.db, async (trx) => {
      await lockFederation(trx);
      const plan = await previewFederationRevocation({ db: trx, clock: deps.clock }, kid);
      if (!plan) return undefined;
      await moveFederationKey(trx, kid, { revokedAt: deps.clock() });
      await askForConfirmation(trx, deps, kid, deed);
      if (plan.reopen !== undefined)
        await moveFederationKey(trx, plan.reopen, { signUntil: null, publishUntil: null });
      if (plan.promote) await moveFederationKey(trx, plan.promote.kid, { signFrom: plan.promote.signFrom });
      await recordKeyDeed(trx, deed, 'federation_key.revoked', kid, {});
      if (plan.create) await carryOut(trx, { create: [plan.create], close: [] }, take, deed);
      return plan;
    }),
  );
}

/**
 * Lets the key that waited for our superiors sign from `at`, when what they said before they knew it is out.
 * @returns false when it waits no more
 */
export async function setBeginning(
  { db, clock }: Pick<KeyDeps, 'db' | 'clock'>,
  kid: string,
  at: Date,
): Promise<boolean> {
  return transact(db, async (trx) => {
    await lockFederation(trx);
    const now = clock();
    const keys = await listFederationKeys(trx, now);
    const key = keys.find((each) => each.kid === kid && each.awaitsSuperiors);
    if (!key || stateOf(key, now) !== 'announced') return false;
    await moveFederationKey(trx, kid, { signFrom: at });
    const active = keys.filter((each) => stateOf(each, now) === 'active');
    for (const { kid: old } of active)
      await moveFederationKey(trx, old, { signUntil: at, publishUntil: new Date(at.getTime() + KEPT_MS) });
    const details = { signsFrom: at.toISOString() };
    await recordKeyDeed(
      trx,
      { reason: 'every superior vouches for it' },
      'federation_key.vouched',
      kid,
      details,
    );
    return true;
  });
}

async function carryOut(
  trx: Trx,
  plan: RotationPlan,
  take: Parameters<Parameters<typeof withKeyPairs>[2]>[0],
  deed: KeyDeed,
  awaitsSuperiors = false,
): Promise<string | undefined> {
  const [times] = plan.create;
  const pair = times && take(ALG);
  if (!pair) return undefined;
  const { kid } = pair;
  await insertFederationKey(trx, pair, times, { reason: deed.reason, awaitsSuperiors });
  for (const { kid: closed, ...end } of plan.close) await moveFederationKey(trx, closed, end);
  const details = awaitsSuperiors ? {} : { signsFrom: times.signFrom.toISOString() };
  await recordKeyDeed(trx, deed, 'federation_key.created', kid, details);
  return kid;
}
