import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { AlertRule } from '../types.ts';

export async function databaseTime(trx: Trx): Promise<Date> {
  return (await trx.selectNoFrom(sql<Date>`now()`.as('now')).executeTakeFirstOrThrow()).now;
}

export async function listRules(db: Db | Trx): Promise<AlertRule[]> {
  const rows = await db.selectFrom('alert_rule').selectAll().orderBy('code').execute();
  return rows.map((row) => ({
    code: row.code,
    kind: row.kind,
    enabled: row.enabled,
    types: row.types,
    outcome: row.outcome,
    subject: row.subject,
    threshold: row.threshold,
    windowMinutes: row.window_minutes,
    hours:
      row.from_hour === null || row.to_hour === null ? undefined : { from: row.from_hour, to: row.to_hour },
    evaluatedAt: row.evaluated_at,
  }));
}

/** Holds a rule until the transaction ends. */
export async function lockRule(trx: Trx, code: string): Promise<AlertRule | undefined> {
  await trx.selectFrom('alert_rule').select('code').where('code', '=', code).forUpdate().execute();
  return (await listRules(trx)).find((rule) => rule.code === code);
}

export type RuleSettings = Pick<AlertRule, 'enabled' | 'threshold' | 'windowMinutes' | 'hours'>;

export async function updateRule(trx: Trx, code: string, by: string, settings: RuleSettings): Promise<void> {
  await trx
    .updateTable('alert_rule')
    .set({
      enabled: settings.enabled,
      threshold: settings.threshold,
      window_minutes: settings.windowMinutes,
      from_hour: settings.hours?.from ?? null,
      to_hour: settings.hours?.to ?? null,
      updated_by: by,
      updated_at: sql<Date>`now()`,
    })
    .where('code', '=', code)
    .execute();
}
