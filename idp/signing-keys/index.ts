/**
 * The keys that sign tokens: announced → active → retiring → retired, derived from instants in the database.
 * Private keys are sealed with AES-256-GCM under a key that is not in the database; the kid is bound into the
 * seal. Refused: a key set without an algorithm in use.
 */
export { orderForPublication, stateOf } from './policy.ts';
export { type SigningKeyDeps, ensureSigningKeys, loadKeySnapshot } from './service.ts';
export type { KeySnapshot, SigningAlgorithm, SigningKey, SigningKeyState } from './types.ts';
