import { taipeiDay } from '#kit/clock.ts';
import type { Actor, Envelope, Lock, RecordKind, RecordState, Scope, Values } from './types.ts';

/** What can be done to a record, or asked of its kind. */
export type RecordDeed =
  | 'read'
  | 'create'
  | 'edit'
  | 'submit'
  | 'remove'
  | 'approve'
  | 'return'
  | 'close'
  | 'reopen'
  | 'export'
  | 'import';

export type Verdict = { allowed: true } | { allowed: false; reason: RefusalReason };
export type RefusalReason =
  'no_right' | 'other_unit' | 'own_record' | 'locked' | 'not_submitted' | 'wrong_state' | 'overdue';

const ALLOWED: Verdict = { allowed: true };
const refuse = (reason: RefusalReason): Verdict => ({ allowed: false, reason });

/** Whether records of a kind are about a person: what a unit claims for a month is about none. */
export const isAboutSomebody = ({ subject, parent }: RecordKind): boolean =>
  subject !== 'parent' || parent !== undefined;

/** Which states a deed leads out of, and to which. */
const OUT_OF: Partial<Record<RecordDeed, readonly RecordState[]>> = {
  remove: ['draft'],
  approve: ['submitted'],
  return: ['submitted'],
  close: ['submitted', 'approved'],
  reopen: ['closed'],
};

const RIGHT = {
  read: 'R',
  create: 'C',
  edit: 'C',
  submit: 'S',
  remove: 'C',
  approve: 'V',
  return: 'V',
  close: 'S',
  reopen: 'V',
  export: 'X',
  import: 'I',
} as const;

/** What is done by filling in a form. */
const TYPED: readonly RecordDeed[] = ['create', 'edit', 'submit', 'remove', 'import'];

/** Whether an account may do something with records of a kind at all. */
export function mayWithKind(actor: Actor, kind: RecordKind, deed: RecordDeed): boolean {
  if (kind.isMade && TYPED.includes(deed)) return false;
  const isReview = deed === 'approve' || deed === 'return';
  const right = isReview && kind.reviewedBy === 'assigned' ? 'S' : RIGHT[deed];
  return actor.rights(kind.path).includes(right);
}

/**
 * Whether the deed may be done to this record now. Scope has been settled before: what is out of sight is never
 * found. Writing is for the record's own unit; reviewing for whoever holds the right where the record is in sight, and
 * never for a person who had a hand in it, whichever account is used.
 */
export function decide(
  deed: RecordDeed,
  record: Pick<Envelope, 'state' | 'unitCode' | 'assignedUnitCode' | 'unlockedUntil' | 'writers'>,
  kind: RecordKind,
  actor: Actor,
  now: Date,
  values: Values = {},
): Verdict {
  if (!mayWithKind(actor, kind, deed)) return refuse('no_right');
  if (deed === 'read' || deed === 'export') return ALLOWED;
  if (deed === 'approve' || deed === 'return') {
    if (!kind.isReviewed || record.state !== 'submitted' || isUnlocked(record, now)) {
      return refuse('wrong_state');
    }
    const isAnothers = kind.reviewedBy === 'assigned' && record.assignedUnitCode !== actor.unit.code;
    if (isAnothers) return refuse('other_unit');
    const isOwn = record.writers.includes(actor.accountId) || record.writers.includes(actor.sub);
    return isOwn ? refuse('own_record') : ALLOWED;
  }
  if (deed === 'reopen') return record.state === 'closed' ? ALLOWED : refuse('wrong_state');
  if (record.unitCode !== actor.unit.code) return refuse('other_unit');
  if (deed === 'edit' || deed === 'submit') {
    const lock = lockOf(record, kind, values, now);
    if (lock === 'LK0') return ALLOWED;
    return refuse(lock === 'LK5' ? 'overdue' : 'locked');
  }
  if (deed === 'close' && !kind.isClosed) return refuse('wrong_state');
  return OUT_OF[deed]?.includes(record.state) === false ? refuse('wrong_state') : ALLOWED;
}

/** Whether something new may be entered that belongs to this record, which is in sight. */
export function mayBelongTo(kind: RecordKind, { state }: Pick<Envelope, 'state'>, actor: Actor): boolean {
  return state !== 'draft' && mayWithKind(actor, kind, 'read');
}

/** The lock a record stands under: LK0 is open to its own unit. */
export function lockOf(
  record: Pick<Envelope, 'state' | 'unlockedUntil'>,
  kind: RecordKind,
  values: Values,
  now: Date,
): Lock {
  if (isUnlocked(record, now)) return 'LK0';
  switch (record.state) {
    case 'draft':
    case 'returned': {
      const deadline = kind.deadline?.(values);
      return deadline !== undefined && deadline < taipeiDay(now) ? 'LK5' : 'LK0';
    }
    case 'submitted':
      return kind.isMade ? 'LKR' : 'LK1';
    case 'approved':
      return 'LK2';
    case 'claimed':
    case 'paid':
    case 'rejected':
      return 'LK3';
    case 'closed':
      return 'LK4';
  }
}

/** Whether an allowed change request holds the record open. */
export function isUnlocked(record: Pick<Envelope, 'unlockedUntil'>, now: Date): boolean {
  return record.unlockedUntil !== null && record.unlockedUntil > now;
}

/** Whose records an account reaches: it follows from its duty and its unit. */
export function scopeOf(duty: string, unit: { code: string; county: string; town: string }): Scope {
  const unitCode = unit.code;
  switch (duty) {
    case 'hpa':
    case 'maintenance':
      return { kind: 'nation', unitCode };
    case 'health_bureau':
      return { kind: 'county', unitCode, county: unit.county };
    case 'health_station':
      return { kind: 'town', unitCode, town: unit.town };
    case 'program_office':
      return { kind: 'assigned', unitCode };
    default:
      return { kind: 'own', unitCode };
  }
}
