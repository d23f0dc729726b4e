/**
 * The keys that sign tokens: announced → active → retiring → retired, derived from instants in the database.
 * Private keys are sealed with AES-256-GCM under a key that is not in the database; the kid is bound into the
 * seal. Refused: a key set without an algorithm in use.
 */
export { runKeyCommand } from './commands.ts';
export { orderForPublication, planRotation, stateOf } from './policy.ts';
export { type SigningKeyDeps, loadKeySnapshot, revokeKey, rotateKeys, signStatement } from './service.ts';
export { findPublicKey, listPublishedKeys } from './store.ts';
export type {
  KeySchedule,
  KeySnapshot,
  RotationPlan,
  SigningAlgorithm,
  SigningKey,
  SigningKeyState,
} from './types.ts';
