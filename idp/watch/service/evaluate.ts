import type { Trx } from '#db/idp/tables.ts';
import { LOCALES } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { recordAudit } from '../../audit/index.ts';
import type { LocalizedText } from '../../notifications/index.ts';
import { tellResponsible } from '../mails.ts';
import { lookFrom } from '../policy.ts';
import { findCounts, findNew, insertAlert, lockWatch, markEvaluated } from '../store/evaluate.ts';
import { databaseTime, listRules } from '../store/rules.ts';
import type { AlertRule, Hit, WatchDeps } from '../types.ts';

/**
 * §5.2: looks at what the audit trail has recorded since the last time, by every rule that is on. Each alert is
 * raised once: any number of replicas may ask, one works. @returns how many were raised
 */
export async function watchAudit(deps: WatchDeps): Promise<number> {
  return deps.db.transaction().execute(async (trx) => {
    if (!(await lockWatch(trx))) return 0;
    const now = await databaseTime(trx);
    let raised = 0;
    for (const rule of await listRules(trx)) {
      if (!rule.enabled) continue;
      const from = lookFrom(rule, now);
      const hits =
        rule.kind === 'count' ? await findCounts(trx, rule, from) : await findNew(trx, rule.kind, from);
      for (const hit of hits) if (await raise(trx, deps, rule, hit)) raised += 1;
      await markEvaluated(trx, rule.code, now);
    }
    return raised;
  });
}

async function raise(trx: Trx, deps: WatchDeps, rule: AlertRule, hit: Hit): Promise<boolean> {
  const id = await insertAlert(trx, rule.code, hit);
  if (id === undefined) return false;
  await recordAudit(trx, {
    type: 'alert.raised',
    ...(hit.accountId !== null && { accountId: hit.accountId }),
    details: { alert: id, rule: rule.code, count: hit.count },
  });
  const name = Object.fromEntries(
    LOCALES.map((locale) => [locale, translate(locale, `console-alerts.rule-${rule.code}`)]),
  ) as unknown as LocalizedText;
  await tellResponsible(trx, deps, `alert:${id}`, {
    outcome: 'alert',
    alertRule: name,
    happenedAt: hit.at,
    url: `${deps.config.issuer}/console/alerts/${id}`,
  });
  return true;
}
