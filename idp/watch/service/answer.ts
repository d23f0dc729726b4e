import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../../audit/index.ts';
import { decideAnswer } from '../policy.ts';
import { answerAlert, lockAlert } from '../store/alerts.ts';
import { type RuleSettings, lockRule, updateRule } from '../store/rules.ts';
import type { AnswerRefusal } from '../types.ts';

export type AnswerOutcome = { answered: true } | { answered: false; reason: AnswerRefusal };

/** Explains or escalates an alert, with a note. Of several at once the first counts. */
export function answer(
  { db }: { db: Db },
  actor: ConsoleActor,
  id: number,
  { state, note, from }: { state: 'explained' | 'escalated'; note: string; from: Caller },
): Promise<AnswerOutcome> {
  return transact(db, async (trx): Promise<AnswerOutcome> => {
    const alert = await lockAlert(trx, id);
    const decision = decideAnswer(alert, { by: actor.accountId, state, note });
    if (!decision.allowed || !alert) {
      return { answered: false, reason: decision.allowed ? 'unknown_alert' : decision.reason };
    }
    await answerAlert(trx, id, { state, note, by: actor.accountId });
    await recordConsoleDeed(trx, actor, {
      type: `alert.${state}`,
      target: { kind: 'alert', id: String(id) },
      ...(alert.accountId !== null && { accountId: alert.accountId }),
      changes: { state: [alert.state, state] },
      reason: note,
      from,
    });
    return { answered: true };
  });
}

/** Changes when a rule raises. @returns false when there is no such rule */
export function changeRule(
  { db }: { db: Db },
  actor: ConsoleActor,
  code: string,
  { settings, from }: { settings: RuleSettings; from: Caller },
): Promise<boolean> {
  return transact(db, async (trx) => {
    const rule = await lockRule(trx, code);
    if (!rule) return false;
    await updateRule(trx, code, actor.accountId, settings);
    const hours = (span: RuleSettings['hours']) => span && [span.from, span.to];
    await recordConsoleDeed(trx, actor, {
      type: 'alert_rule.changed',
      target: { kind: 'alert_rule', id: code },
      changes: {
        enabled: [rule.enabled, settings.enabled],
        threshold: [rule.threshold, settings.threshold],
        windowMinutes: [rule.windowMinutes, settings.windowMinutes],
        hours: [hours(rule.hours), hours(settings.hours)],
      },
      from,
    });
    return true;
  });
}
