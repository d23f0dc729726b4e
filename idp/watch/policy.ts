import type { Alert, AlertRule, AnswerRefusal } from './types.ts';

const MINUTE_MS = 60_000;
/** Looked at once more: a record may commit a little after the moment it bears. */
const OVERLAP_MS = 5 * MINUTE_MS;
/** However long nothing was evaluated, no more than this is caught up with. */
const FARTHEST_MS = 3 * 86_400_000;

/** From when on a rule looks at records at `now`; windows that began before are counted whole. */
export function lookFrom({ evaluatedAt, windowMinutes }: AlertRule, now: Date): Date {
  const since = evaluatedAt?.getTime() ?? now.getTime() - windowMinutes * MINUTE_MS;
  return new Date(Math.max(since - OVERLAP_MS, now.getTime() - FARTHEST_MS));
}

/** Whether somebody may answer an alert so: nobody explains what they themselves did. */
export function decideAnswer(
  alert: Pick<Alert, 'state' | 'accountId'> | undefined,
  answer: { by: string; state: 'explained' | 'escalated'; note: string },
): { allowed: true } | { allowed: false; reason: AnswerRefusal } {
  const refused = (reason: AnswerRefusal) => ({ allowed: false, reason }) as const;
  if (!alert) return refused('unknown_alert');
  if (alert.accountId === answer.by) return refused('own_alert');
  if (alert.state === 'explained' || alert.state === answer.state) return refused('answered_already');
  return answer.note === '' ? refused('note_missing') : { allowed: true };
}
