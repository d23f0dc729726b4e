import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../../audit/index.ts';
import {
  endVerification,
  insertVerification,
  leaseVerification,
  recordProgress,
} from '../store/verifications.ts';
import type { VerificationSpan } from '../types.ts';
import { type WatchDeps, tellResponsible } from '../../watch/index.ts';
import { type VerifyDeps, verifyAudit } from './verify.ts';

/** Asks for a verification; a job does it. @returns its id */
export function askForVerification(
  { db }: Pick<VerifyDeps, 'db'>,
  actor: ConsoleActor,
  span: VerificationSpan,
  from: Caller,
): Promise<string> {
  return db.transaction().execute(async (trx) => {
    const id = await insertVerification(trx, actor.accountId, span);
    await recordConsoleDeed(trx, actor, {
      type: 'audit.verification_requested',
      target: { kind: 'audit_verification', id },
      details: {
        ...(span.from && { from: span.from.toISOString() }),
        ...(span.to && { to: span.to.toISOString() }),
      },
      from,
    });
    return id;
  });
}

/** Does the verifications asked for, one after another; each by one replica, anew should it die. @returns how many */
export async function runVerifications(deps: VerifyDeps & WatchDeps): Promise<number> {
  let count = 0;
  for (let run = await leaseVerification(deps.db); run; run = await leaseVerification(deps.db)) {
    const { id, from, to } = run;
    const span = { ...(from && { from }), ...(to && { to }) };
    const report = await verifyAudit(deps, span, (done, total) => recordProgress(deps.db, id, done, total));
    await deps.db.transaction().execute(async (trx) => {
      if (!(await endVerification(trx, id, report))) return;
      const isWhole = report.findings.length === 0;
      await recordAudit(trx, {
        type: 'audit.verified',
        accountId: run.requestedBy,
        ...(!isWhole && { reason: 'altered' }),
        details: {
          verification: id,
          seals: report.seals,
          records: report.records,
          findings: report.findings.length,
        },
      });
      if (isWhole) return;
      await tellResponsible(trx, deps, `altered:${id}`, {
        outcome: 'trail_altered',
        happenedAt: deps.clock(),
        url: `${deps.issuer}/console/audit-verifications/${id}`,
      });
    });
    count += 1;
  }
  return count;
}
