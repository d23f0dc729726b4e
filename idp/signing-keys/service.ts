import type { JWTPayload } from 'jose';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../audit/index.ts';
import { tellNational } from './confirm.ts';
import { nextChange, orderForPublication, planRotation, stateOf } from './policy.ts';
import { closeKey, insertKey, listKeys, lockSigningKeys, markRevoked } from './store.ts';
import { insertRevocation } from './store/revocations.ts';
import type { KeySchedule, KeySnapshot, RotationPlan, SigningAlgorithm } from './types.ts';
import { type KeyPair, type Vault, openKey, signCompact, withKeyPairs } from './vault.ts';

export interface SigningKeyDeps extends Vault {
  db: Db;
  clock: Clock;
}

/** An operator at the console. */
export interface ByOperator {
  actor: ConsoleActor;
  from: Caller;
}

/** Signed with everywhere: ES256; RS256 for clients that know nothing newer. */
export const ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

/**
 * Makes what the schedule says is due, or with `ask` a successor of every key. Key pairs are made outside the
 * transaction; inside it, behind the lock, the plan is made again, so that any number of replicas and operators
 * may ask at once.
 * @param reason why, for the key and its audit record
 * @returns what was done
 */
export async function rotateKeys(
  deps: SigningKeyDeps,
  schedule: KeySchedule,
  request: { ask: boolean; reason: string; by?: ByOperator },
): Promise<RotationPlan> {
  const planNow = async (db: Db): Promise<RotationPlan> => {
    const now = deps.clock();
    return planRotation(await listKeys(db, now), ALGORITHMS, schedule, now, request.ask);
  };
  const expected = await planNow(deps.db);
  if (expected.create.length === 0) return expected;
  const wanted = expected.create.map(({ alg }) => alg);
  return withKeyPairs(deps, wanted, (take) =>
    deps.db.transaction().execute(async (trx) => {
      await lockSigningKeys(trx);
      const plan = await planNow(trx);
      for (const times of plan.create) {
        const pair = take(times.alg);
        if (pair) await addKey(trx, pair, times, request.reason, request.by);
      }
      for (const end of plan.close) await closeKey(trx, end);
      return plan;
    }),
  );
}

/**
 * Takes a key out of use at once: no replica signs with it or publishes it from now on, and its algorithm gets a
 * new key that signs immediately. For a key that may have leaked; everything it signed becomes worthless.
 * It acts on one person's word; whoever else may confirm it is told, and an alarm stands after a day without.
 * @param by the operator at the console; without one an operator's command did it
 * @returns false when there is no such key in use
 */
export async function revokeKey(
  deps: SigningKeyDeps & { issuer: string },
  kid: string,
  reason: string,
  by?: ByOperator,
): Promise<boolean> {
  return withKeyPairs(deps, ALGORITHMS, (take) =>
    deps.db.transaction().execute(async (trx) => {
      await lockSigningKeys(trx);
      const now = deps.clock();
      const alg = await markRevoked(trx, kid, now);
      if (!alg) return false;
      await insertRevocation(trx, { kid, at: now, by: by?.actor.accountId, reason });
      await record(trx, by, 'signing_key.revoked', kid, { alg }, reason);
      await tellNational(trx, deps, kid, 'confirm');
      const rest = await listKeys(trx, now);
      const signs = rest.some((key) => key.alg === alg && stateOf(key, now) === 'active');
      const pair = signs ? undefined : take(alg);
      if (pair) await addKey(trx, pair, { publishFrom: now, signFrom: now }, reason, by);
      return true;
    }),
  );
}

async function addKey(
  trx: Trx,
  pair: KeyPair,
  times: { publishFrom: Date; signFrom: Date },
  reason: string,
  by: ByOperator | undefined,
): Promise<void> {
  const key = { ...pair, ...times, signUntil: undefined, publishUntil: undefined, revokedAt: undefined };
  await insertKey(trx, key, reason);
  const details = { alg: key.alg, signsFrom: times.signFrom.toISOString() };
  await record(trx, by, 'signing_key.created', key.kid, details, reason);
}

/** One record, by an operator at the console or, without one, by a command or the schedule. */
async function record(
  trx: Trx,
  by: ByOperator | undefined,
  type: `${string}.${string}`,
  kid: string,
  details: Record<string, string>,
  reason: string,
): Promise<void> {
  if (!by) return recordAudit(trx, { type, details: { kid, ...details, reason } });
  const target = { kind: 'signing_key', id: kid };
  await recordConsoleDeed(trx, by.actor, { type, target, details, reason, from: by.from });
}

/** What to publish and sign with now. @throws Error when a private key cannot be opened with the master keys */
export async function loadKeySnapshot(deps: SigningKeyDeps): Promise<KeySnapshot> {
  const now = deps.clock();
  const all = await listKeys(deps.db, now);
  const keys = orderForPublication(all, now);
  return {
    keys: keys.map((key) => openKey(deps, key)),
    stamp: keys.map((key) => `${key.kid}:${stateOf(key, now)}`).join(' '),
    changesAt: nextChange(all, now),
  };
}

/**
 * A statement of the provider's own, signed with the key in use, for whoever trusts its published keys.
 * @param typ names what kind of statement it is, so that none passes for another
 */
export async function signStatement(deps: SigningKeyDeps, typ: string, claims: JWTPayload): Promise<string> {
  const now = deps.clock();
  const active = (await listKeys(deps.db, now)).find(
    (key) => key.alg === 'ES256' && stateOf(key, now) === 'active',
  );
  if (!active) throw new Error('no key signs');
  return signCompact(openKey(deps, active), typ, claims);
}
