import type { BreachHours, BreachKind, BreachStep, StepKind } from './types.ts';

const HOUR_MS = 3_600_000;

export const KINDS: readonly BreachKind[] = ['leak', 'intrusion', 'loss', 'misuse', 'outage', 'other'];
export const STEPS: readonly StepKind[] = [
  ...(['report_incident', 'recover', 'notify_authority', 'notify_persons'] as const),
];
export const LEVELS = [1, 2, 3, 4] as const;
/** §5.2: an incident of level 1 or 2 is recovered from within 72 hours, one of level 3 or 4 within 36. */
const RECOVER_HOURS = { low: 72, high: 36 };

/** §5.2, §5.3: what must be done about a breach, and by when, counted from when it was known. */
export function planSteps(
  { level, knownAt }: { level: number; knownAt: Date },
  hours: BreachHours,
): { kind: StepKind; dueAt: Date }[] {
  const within: Record<StepKind, number> = {
    report_incident: hours.reportIncident,
    recover: level >= 3 ? RECOVER_HOURS.high : RECOVER_HOURS.low,
    notify_authority: hours.notifyAuthority,
    notify_persons: hours.notifyPersons,
  };
  return STEPS.map((kind) => ({ kind, dueAt: new Date(knownAt.getTime() + within[kind] * HOUR_MS) }));
}

export function isOverdue({ dueAt, doneAt }: Pick<BreachStep, 'dueAt' | 'doneAt'>, now: Date): boolean {
  return doneAt === null && dueAt <= now;
}
