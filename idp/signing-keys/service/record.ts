import type { Trx } from '#db/idp/tables.ts';
import {
  type Caller,
  type ConsoleActor,
  type DetailValue,
  recordAudit,
  recordConsoleDeed,
} from '../../audit/index.ts';
import { insertKey } from '../store.ts';
import type { NewKeyTimes } from '../types.ts';
import type { KeyPair } from '../vault.ts';

/** An operator at the console. */
export interface ByOperator {
  actor: ConsoleActor;
  from: Caller;
}

/** Why a deed is done, and by whom; without `by` a command or the schedule does it. */
export interface KeyDeed {
  reason: string;
  by?: ByOperator | undefined;
}

/** What signs tokens, and what signs statements of a federation. */
type KeyKind = 'signing_key' | 'federation_key';

/** One record of a deed on a key. */
export async function recordKeyDeed(
  trx: Trx,
  { by, reason }: KeyDeed,
  type: `${KeyKind}.${string}`,
  kid: string,
  details: Record<string, DetailValue>,
): Promise<void> {
  if (!by) return recordAudit(trx, { type, details: { kid, ...details, reason } });
  const [kind = ''] = type.split('.');
  const target = { kind, id: kid };
  await recordConsoleDeed(trx, by.actor, { type, target, details, reason, from: by.from });
}

/** Stores a key pair with its times. */
export async function addKey(
  trx: Trx,
  pair: KeyPair,
  { publishFrom, signFrom, wait }: NewKeyTimes,
  deed: KeyDeed,
  imported = false,
): Promise<void> {
  const open = { signUntil: undefined, publishUntil: undefined, revokedAt: undefined };
  const key = { ...pair, publishFrom, signFrom, ...(wait && { wait }), ...open };
  await insertKey(trx, key, { reason: deed.reason, imported });
  const details = {
    alg: pair.alg,
    signsFrom: (wait?.earliest ?? signFrom).toISOString(),
    ...(wait && { signsAtLatest: wait.deadline.toISOString() }),
  };
  await recordKeyDeed(
    trx,
    deed,
    imported ? 'signing_key.imported' : 'signing_key.created',
    pair.kid,
    details,
  );
}
