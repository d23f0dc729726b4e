/**
 * Which bound account acts at which subsystem. Choosing one on entry and switching to another are the same
 * question asked at two doors; both answers are pure functions of facts that were just read. Refused: an account
 * that is not bound, not active, not this person's or not this subsystem's, all with one answer; and one whose
 * role asks for a stronger sign-in than the session has.
 */
export { HANDLE_MS, makeAccountHandle, openAccountHandle } from './handle.ts';
export { decideChoice, decideSwitch } from './policy.ts';
export type { Choice, ChoiceRequest, SwitchDecision, SwitchRequest } from './types.ts';
