import type { BreachStepTable, BreachTable } from '#db/idp/watch-tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { WatchDeps } from '../watch/index.ts';

/** How many hours after a breach is known each step is due. */
export interface BreachHours {
  reportIncident: number;
  notifyAuthority: number;
  notifyPersons: number;
}

export type BreachDeps = WatchDeps & {
  clock: Clock;
  config: WatchDeps['config'] & { breaches: BreachHours };
};

export type BreachKind = BreachTable['kind'];
export type StepKind = BreachStepTable['kind'];

/** A breach as it is recorded. */
export interface NewBreach {
  title: string;
  kind: BreachKind;
  level: number;
  description: string;
  unitCode: string | undefined;
  personsAffected: number | undefined;
  occurredAt: Date | undefined;
  knownAt: Date;
}

export interface Breach extends Omit<NewBreach, 'unitCode' | 'personsAffected' | 'occurredAt'> {
  id: number;
  unitCode: string | null;
  personsAffected: number | null;
  occurredAt: Date | null;
  recordedAt: Date;
  recordedBy: string;
  state: 'open' | 'closed';
  report: string;
  closedAt: Date | null;
}

export interface BreachStep {
  kind: StepKind;
  dueAt: Date;
  doneAt: Date | null;
  doneBy: string | null;
  note: string;
}

export type BreachRefusal =
  'unknown_breach' | 'closed_already' | 'done_already' | 'steps_open' | 'text_missing';

export type BreachOutcome = { done: true } | { done: false; reason: BreachRefusal };
