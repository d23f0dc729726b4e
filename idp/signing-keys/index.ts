/**
 * The keys that sign tokens: announced → active → retiring → retired, derived from instants in the database.
 * Private keys are sealed with AES-256-GCM under a key that is not in the database; the kid is bound into the
 * seal. A key revoked is out of use at once on one operator's word; until a second person confirms it within a day
 * there is an alarm. Refused: a key set without an algorithm in use.
 */
export { runKeyCommand } from './commands.ts';
export { CONFIRM_WITHIN_MS, alarmUnconfirmed, confirmRevocation } from './confirm.ts';
export { type KeyEvidence, createKeyEvidence } from './evidence.ts';
export { newestKid, nextChange, orderForPublication, planRotation, stateOf } from './policy.ts';
export { type SigningKeyDeps, loadKeySnapshot, revokeKey, rotateKeys, signStatement } from './service.ts';
export { signingKeyRoutes } from './routes.ts';
export { alarmsOf } from './view.ts';
export { signCompact } from './vault.ts';
export { findPublicKey, listPublishedKeys } from './store.ts';
export { findRevocation, listUnconfirmed } from './store/revocations.ts';
export type {
  KeyRevocation,
  KeySchedule,
  KeySnapshot,
  PublishedKey,
  RotationPlan,
  SigningAlgorithm,
  SigningKey,
  SigningKeyState,
  SigningKeyTimes,
} from './types.ts';
