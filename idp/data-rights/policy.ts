import { MINUTE } from '#kit/clock.ts';
import type { Answer, DataRequest, RefusalGround, RequestKind } from './types.ts';

/** what one may ask for, beside the copy that is given at once. */
export const REQUEST_KINDS: RequestKind[] = ['access', 'correct', 'stop', 'delete'];

/** on what grounds a request may be refused; `other_law` only keeps what is to be deleted. */
export const REFUSAL_GROUNDS: RefusalGround[] = [
  'national_interest',
  'official_duty',
  'major_interest',
  'other_law',
];

export const MAX_WISH = 1000;
const FRESH_MS = 5 * MINUTE;

/** Personal Data Protection Act, article 13: days for a decision, and at most as many again with a reason. */
export function statutoryDays(kind: RequestKind): number {
  return kind === 'access' ? 15 : 30;
}

/** Whether the copy may hold the whole national ID number: only soon after a sign-in. */
export function mayShowNationalId(signedInAt: Date, now: Date): boolean {
  return now.getTime() - signedInAt.getTime() <= FRESH_MS;
}

export type WishProblem = 'kind_missing' | 'wish_missing' | 'wish_too_long';

/** What speaks against a request as typed. */
export function wishProblems(kind: string, wish: string): WishProblem[] {
  const problems: WishProblem[] = [];
  if (!REQUEST_KINDS.includes(kind as RequestKind)) problems.push('kind_missing');
  if (wish === '') problems.push('wish_missing');
  if (Array.from(wish).length > MAX_WISH) problems.push('wish_too_long');
  return problems;
}

export type DecisionRefusal =
  'unknown_request' | 'ended_before' | 'note_missing' | 'ground_only_for_deletion';

export type RequestDecision = { allowed: true } | { allowed: false; reason: DecisionRefusal };

/** Whether a request may be answered so. A refusal gives its reason in writing. */
export function decideAnswer(request: DataRequest | undefined, answer: Answer): RequestDecision {
  if (!request) return { allowed: false, reason: 'unknown_request' };
  if (request.status !== 'open') return { allowed: false, reason: 'ended_before' };
  if (answer.granted) return { allowed: true };
  if (answer.note.trim() === '') return { allowed: false, reason: 'note_missing' };
  const fits = answer.ground !== 'other_law' || request.kind === 'delete';
  return fits ? { allowed: true } : { allowed: false, reason: 'ground_only_for_deletion' };
}

export type CarryingRefusal =
  'unknown_request' | 'unknown_account' | 'not_granted' | 'nothing_to_do' | 'done_before';

export type CarryingDecision = { allowed: true } | { allowed: false; reason: CarryingRefusal };

/** Whether a request is one to be carried out: granted, to stop or to delete, and once. */
export function decideCarrying(request: DataRequest | undefined): CarryingDecision {
  if (!request) return { allowed: false, reason: 'unknown_request' };
  if (request.status !== 'granted') return { allowed: false, reason: 'not_granted' };
  if (request.kind !== 'stop' && request.kind !== 'delete')
    return { allowed: false, reason: 'nothing_to_do' };
  return request.carriedOutAt === null ? { allowed: true } : { allowed: false, reason: 'done_before' };
}

export type ExtensionRefusal = 'unknown_request' | 'ended_before' | 'extended_before' | 'overdue';

export type ExtensionDecision = { allowed: true } | { allowed: false; reason: ExtensionRefusal };

/** Whether the time for a request may be extended: once, and while it still runs. */
export function decideExtension(request: DataRequest | undefined, now: Date): ExtensionDecision {
  if (!request) return { allowed: false, reason: 'unknown_request' };
  if (request.status !== 'open') return { allowed: false, reason: 'ended_before' };
  if (request.extendedBecause !== null) return { allowed: false, reason: 'extended_before' };
  return request.dueAt <= now ? { allowed: false, reason: 'overdue' } : { allowed: true };
}
