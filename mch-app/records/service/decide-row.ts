import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import type { RecordsDeps } from '../deps.ts';
import { type ReportAsked, findReportRow, lockRow, writeDecision } from '../store/report.ts';
import { insertVersion } from '../store/versions.ts';
import type { Actor, DecisionMade, Report } from '../types.ts';

/**
 * Decides about a row of a report, once: behind the locks of its record and person it must still be a row in sight.
 * The record's history says what was decided and why.
 * @returns false when it was decided meanwhile, or the area does not allow it
 * @throws Fault not_found for what is no row in sight
 */
export async function decideRow(
  { db, clock }: Pick<RecordsDeps, 'db' | 'clock'>,
  report: Report,
  actor: Actor,
  asked: ReportAsked,
  of: { id: string } & Pick<DecisionMade, 'decision' | 'reason'> & { label: string },
): Promise<boolean> {
  const { decision } = report;
  if (!decision) throw new Fault('not_found');
  return transact(db, async (trx) => {
    const at = clock();
    if (!(await lockRow(trx, of.id))) throw new Fault('not_found');
    const row = await findReportRow(trx, report, asked, of.id);
    if (!row) throw new Fault('not_found');
    if ((row[decision.column] ?? '') !== '') return false;
    const { accountId, personName } = actor;
    const made = { decision: of.decision, reason: of.reason, accountId, personName, at };
    const version = await writeDecision(trx, decision, of.id, made);
    if (version === undefined) return false;
    await insertVersion(trx, {
      recordId: of.id,
      version,
      at,
      deed: 'decided',
      byAccount: actor.accountId,
      byName: actor.personName,
      unitCode: actor.unit.code,
      note: `${of.label}: ${of.reason}`,
      changes: [],
    });
    return true;
  });
}
