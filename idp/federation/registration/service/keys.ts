import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, DAY, MINUTE } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import type { Keyring } from '#kit/keyring.ts';
import { recordAudit } from '../../../audit/index.ts';
import {
  type KeySchedule,
  type RotationPlan,
  planRevocation,
  planRotation,
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

/** Superiors take a new key when somebody tells them: it signs when the operator says, never by itself. */
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
    carryOut(trx, planRotation([], [ALG], scheduleOf(0), now, true), take, reason),
  );
}

/**
 * Announces a successor, which signs after `days`; until then superiors take it into what they say of us.
 * @returns its kid
 * @throws ConfigurationError when one is announced already, or there is no key yet
 */
export async function rotateFederationKey(deps: KeyDeps, days: number, reason: string): Promise<string> {
  return withKeyPairs(deps, [ALG], (take) =>
    transact(deps.db, async (trx) => {
      await lockFederation(trx);
      const now = deps.clock();
      const keys = await listFederationKeys(trx, now);
      if (keys.length === 0) throw new ConfigurationError('there is no key yet: apply a file first');
      const plan = planRotation(keys, [ALG], scheduleOf(days), now, true);
      const kid = await carryOut(trx, plan, take, reason);
      if (kid === undefined) throw new ConfigurationError('a successor is announced already');
      return kid;
    }),
  );
}

/**
 * Takes a key that may have leaked out at once; what is to sign in its place does so at once.
 * @throws ConfigurationError when there is no such key in use
 */
export async function revokeFederationKey(deps: KeyDeps, kid: string, reason: string): Promise<void> {
  await withKeyPairs(deps, [ALG], (take) =>
    transact(deps.db, async (trx) => {
      await lockFederation(trx);
      const now = deps.clock();
      const plan = planRevocation(await listFederationKeys(trx, now), kid, scheduleOf(0), now);
      if (!plan) throw new ConfigurationError(`there is no key ${kid} in use`);
      await moveFederationKey(trx, kid, { revokedAt: now });
      if (plan.reopen !== undefined)
        await moveFederationKey(trx, plan.reopen, { signUntil: null, publishUntil: null });
      if (plan.promote) await moveFederationKey(trx, plan.promote.kid, { signFrom: plan.promote.signFrom });
      await recordAudit(trx, { type: 'federation_key.revoked', details: { kid, reason } });
      if (plan.create) await carryOut(trx, { create: [plan.create], close: [] }, take, reason);
    }),
  );
}

async function carryOut(
  trx: Trx,
  plan: RotationPlan,
  take: Parameters<Parameters<typeof withKeyPairs>[2]>[0],
  reason: string,
): Promise<string | undefined> {
  const [times] = plan.create;
  const pair = times && take(ALG);
  if (!pair) return undefined;
  const { kid } = pair;
  await insertFederationKey(trx, pair, times, reason);
  for (const { kid: closed, ...end } of plan.close) await moveFederationKey(trx, closed, end);
  const details = { kid, signsFrom: times.signFrom.toISOString(), reason };
  await recordAudit(trx, { type: 'federation_key.created', details });
  return kid;
}
