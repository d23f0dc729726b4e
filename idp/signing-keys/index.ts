/**
 * The keys that sign tokens: announced → active → retiring → retired, derived from instants in the database. An
 * announced key signs as soon as every active client has fetched it, never before its least announcement, and at its
 * deadline whoever has not. Each algorithm rotates by itself.
 * Private keys are sealed with AES-256-GCM under a key that is not in the database; the kid is bound into the
 * seal. A key revoked is out of use at once on one operator's word; until a second person confirms it within a day
 * there is an alarm. Refused: a key set without an algorithm in use.
 */
export { KEY_USAGE, runKeyCommand } from './commands.ts';
export { type DeedHome, askDeed, deedPage } from './ask.ts';
export { CONFIRM_WITHIN_MS, alarmUnconfirmed, askForConfirmation, confirmRevocation } from './confirm.ts';
export type { AskedDeed } from './console-deeds.ts';
export { type KeyEvidence, createKeyEvidence } from './evidence.ts';
export {
  clientsWaitedFor,
  decideRetirement,
  nextChange,
  orderForPublication,
  planPromotion,
  planRevocation,
  planRotation,
  stateOf,
} from './policy.ts';
export {
  type SigningKeyDeps,
  availableAlgorithms,
  loadKeySnapshot,
  loadRetiredKeys,
  signStatement,
} from './service.ts';
export { importKey } from './service/import.ts';
export { promoteKeys } from './service/promote.ts';
export { replaceAllKeys } from './service/replace.ts';
export { type KeyDeed, recordKeyDeed } from './service/record.ts';
export { retireKey } from './service/retire.ts';
export { revokeKey } from './service/revoke.ts';
export { rotateKeys } from './service/rotate.ts';
export { alarmKeys, createKeyReporter, tendKeys, tendingMs } from './jobs.ts';
export { judgeAlarms } from './alarms/policy.ts';
export { settleAlarms, watchKeys } from './alarms/watch.ts';
export { listAlarms } from './store/alarms.ts';
export { signingKeyRoutes } from './routes.ts';
export { listConsoleAlarms } from './console-alarms.ts';
export { type KeyPair, openKey, signCompact, withKeyPairs } from './vault.ts';
export { findPublicKey, listPublishedKeys } from './store.ts';
export { findRevocation, listUnconfirmed } from './store/revocations.ts';
export type {
  AlarmFacts,
  KeyAlarm,
  KeyRevocation,
  KeySchedule,
  KeySnapshot,
  PublicKey,
  PublishedKey,
  RevocationPlan,
  RotationPlan,
  SigningAlgorithm,
  SigningKey,
  SigningKeyState,
  SigningKeyTimes,
} from './types.ts';
