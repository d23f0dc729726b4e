import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { LOCALES } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../audit/index.ts';
import type { LocalizedText } from '../notifications/index.ts';
import { tellResponsible } from '../watch/index.ts';
import { planSteps } from './policy.ts';
import {
  closeBreach,
  finishStep,
  insertBreach,
  insertNote,
  insertSteps,
  listSteps,
  lockBreach,
  lockOverdue,
  markTold,
} from './store/breaches.ts';
import type { BreachDeps, BreachOutcome, BreachRefusal, NewBreach, StepKind } from './types.ts';

const AT_ONCE = 50;
const pageOf = ({ config }: BreachDeps, id: number): string => `${config.issuer}/console/breaches/${id}`;
const refused = (reason: BreachRefusal): BreachOutcome => ({ done: false, reason });

/**
 * §5.3: records a breach with its deadlines and tells everybody responsible.
 * @returns its id, or undefined when there is no such unit
 */
export function recordBreach(
  deps: BreachDeps,
  actor: ConsoleActor,
  breach: NewBreach,
  from: Caller,
): Promise<number | undefined> {
  return transact(deps.db, async (trx) => {
    const id = await insertBreach(trx, breach, actor.accountId);
    if (id === undefined) return undefined;
    await insertSteps(trx, id, planSteps(breach, deps.config.breaches));
    await recordConsoleDeed(trx, actor, {
      type: 'breach.recorded',
      target: { kind: 'breach', id: String(id) },
      ...(breach.unitCode !== undefined && { unitCode: breach.unitCode }),
      details: { kind: breach.kind, level: breach.level, knownAt: breach.knownAt.toISOString() },
      from,
    });
    await tellResponsible(trx, deps, `breach:${id}`, {
      outcome: 'breach_recorded',
      breachTitle: breach.title,
      knownAt: breach.knownAt,
      url: pageOf(deps, id),
    });
    return id;
  });
}

type Deed = { type: `breach.${string}`; details?: Record<string, string>; reason: string };

/** One deed on an open breach, with its record. */
function change(
  deps: BreachDeps,
  actor: ConsoleActor,
  id: number,
  from: Caller,
  deed: (trx: Trx) => Promise<Deed | BreachRefusal>,
): Promise<BreachOutcome> {
  return transact(deps.db, async (trx) => {
    const breach = await lockBreach(trx, id);
    if (!breach) return refused('unknown_breach');
    if (breach.state === 'closed') return refused('closed_already');
    const done = await deed(trx);
    if (typeof done === 'string') return refused(done);
    const target = { kind: 'breach', id: String(id) };
    await recordConsoleDeed(trx, actor, { ...done, target, from });
    return { done: true };
  });
}

/** Says that a step was taken, and how; once. */
export function takeStep(
  deps: BreachDeps,
  actor: ConsoleActor,
  id: number,
  { kind, note, from }: { kind: StepKind; note: string; from: Caller },
): Promise<BreachOutcome> {
  return change(deps, actor, id, from, async (trx) => {
    const step = (await listSteps(trx, id)).find((candidate) => candidate.kind === kind);
    if (!step || step.doneAt !== null) return 'done_already';
    if (note === '') return 'text_missing';
    await finishStep(trx, id, { kind, note, by: actor.accountId });
    return { type: 'breach.step_done', details: { step: kind }, reason: note };
  });
}

/** Adds what became known. */
export function addNote(
  deps: BreachDeps,
  actor: ConsoleActor,
  id: number,
  { note, from }: { note: string; from: Caller },
): Promise<BreachOutcome> {
  return change(deps, actor, id, from, async (trx) => {
    if (note === '') return 'text_missing';
    await insertNote(trx, id, note, actor.accountId);
    return { type: 'breach.noted', reason: note };
  });
}

/** Closes it with a report, once every step is taken. */
export function close(
  deps: BreachDeps,
  actor: ConsoleActor,
  id: number,
  { report, from }: { report: string; from: Caller },
): Promise<BreachOutcome> {
  return change(deps, actor, id, from, async (trx) => {
    if ((await listSteps(trx, id)).some(({ doneAt }) => doneAt === null)) return 'steps_open';
    if (report === '') return 'text_missing';
    await closeBreach(trx, id, report, actor.accountId);
    return { type: 'breach.closed', reason: report };
  });
}

/** Tells everybody responsible of each deadline that passed, once; by one replica. @returns how many */
export async function tellOverdue(deps: BreachDeps): Promise<number> {
  return transact(deps.db, async (trx) => {
    const overdue = await lockOverdue(trx, AT_ONCE);
    for (const { id, title, kind, dueAt } of overdue) {
      const names = LOCALES.map((locale) => [locale, translate(locale, `console-breaches.step-${kind}`)]);
      await tellResponsible(trx, deps, `breach-overdue:${id}:${kind}`, {
        outcome: 'breach_overdue',
        breachTitle: title,
        breachStep: Object.fromEntries(names) as LocalizedText,
        dueAt,
        url: pageOf(deps, id),
      });
      await markTold(trx, id, kind);
    }
    return overdue.length;
  });
}
