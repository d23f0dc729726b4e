import { type RawBuilder, sql } from 'kysely';
import {
  type DecisionMade,
  type ReportFilters,
  type Scope,
  inPlace,
  withinScope,
} from '../../../records/index.ts';
import { VISITS, VISIT_COLUMNS, isClaim, joinPregnancy } from './visits.ts';

/** Every claim `c` of the woman, pregnancy and trimester of a claim `r`, `g`, `pr`, that one among them. */
const TWINS = sql`record c join edu_registration same on same.record_id = c.id ${joinPregnancy('c', 'cp')}
  where c.kind = 'edu-registration' and c.state <> 'draft' and c.patient_id = r.patient_id
    and same.trimester = g.trimester and ${isClaim('same')}
    and coalesce(cp.id, c.patient_id) = coalesce(pr.id, r.patient_id)`;

/**
 * Claims of a period for guidance that was claimed more than once, within one unit or by several. Those struck off
 * stay, with the decision; how often others claimed is counted wherever they are.
 */
export const claimedTwice =
  (where: 'unit' | 'units') =>
  (scope: Scope, { from, to, ...place }: ReportFilters): RawBuilder<unknown> => {
    const isTwice = where === 'unit' ? sql`twins.here >= 2` : sql`twins.units >= 2`;
    const claims = where === 'unit' ? sql`twins.here` : sql`twins.claims`;
    return sql`
      select ${VISIT_COLUMNS}, ${claims} as claims, twins.units, g.duplicate_decision, g.duplicate_reason
      from ${VISITS} cross join lateral (
        select count(*) as claims, count(*) filter (where c.unit_code = r.unit_code) as here,
          count(distinct c.unit_code) as units from ${TWINS}) twins
      where r.kind = 'edu-registration' and r.state <> 'draft' and ${isClaim()} and ${withinScope(scope)}
        and r.service_on between ${from} and ${to} and ${inPlace(place)} and ${isTwice}`;
  };

/** Keeps a claim or strikes it off, once; of the same guidance one claim always stays. */
export function decide(recordId: string, made: DecisionMade): RawBuilder<{ version: number }> {
  return sql<{ version: number }>`
    with decided as (
      update edu_registration as visit set duplicate_decision = ${made.decision}, duplicate_reason = ${made.reason}
      where visit.record_id = ${recordId} and visit.duplicate_decision is null
        and (${made.decision}::text = 'keep' or exists (
          select 1 from record r join edu_registration g on g.record_id = r.id ${joinPregnancy()}
          where r.id = ${recordId} and exists (select 1 from ${TWINS} and c.id <> r.id and c.state <> 'rejected')))
      returning visit.record_id)
    update record as r set state = case when ${made.decision}::text = 'remove' then 'rejected' else r.state end,
      version = r.version + 1, unlocked_until = null, updated_by = ${made.accountId},
      updated_by_name = ${made.personName}, updated_at = ${made.at}
    from decided where r.id = decided.record_id returning r.version`;
}
