import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, eachAwaiting, withinScope } from '../../../records/index.ts';
import { VISITS, VISIT_COLUMNS, inMonths, isClaim, isCounted, isUploaded, joinPregnancy } from './visits.ts';

const ENTRY = sql`'from=' || r.no`;

/** Visits that ask for guidance nobody has uploaded: claimed as such, or within the first or the third trimester. */
export function missing(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  const { from, to = today } = filters;
  return sql`
    select ${VISIT_COLUMNS}, case when ${isClaim()} then 'claimed' else 'visited' end as missing_why, ${ENTRY} as entry
    from record r left join edu_registration g on g.record_id = r.id left join patient p on p.id = r.patient_id
      left join unit u on u.code = r.unit_code
    where ${eachAwaiting('edu-record', { from, to })} and ${withinScope(scope)}`;
}

/** Claims of a month whose unit has uploaded nothing; what another unit has uploaded cannot be entered again. */
export function claimedNotUploaded(scope: Scope, { month }: ReportFilters): RawBuilder<unknown> {
  return sql`
    select ${VISIT_COLUMNS}, case when not ${isUploaded('anybody')} then ${ENTRY} end as entry
    from ${VISITS}
    where ${isCounted()} and ${isClaim()} and ${withinScope(scope)} and ${inMonths(month)}
      and not ${isUploaded('unit')}`;
}

/** Guidance of a month that its unit has not claimed. */
export function uploadedNotClaimed(scope: Scope, { month }: ReportFilters): RawBuilder<unknown> {
  return sql`
    select r.id::text as id, r.service_on::text || lpad(r.no::text, 12, '0') as position,
      'maternal/antenatal-education/records/search/' || r.no as record, r.service_on::text as service_date,
      p.name as person, p.id_hint, done.trimester, coalesce(u.name, r.unit_code) as unit_name
    from record r join edu_record done on done.record_id = r.id join patient p on p.id = r.patient_id
      left join unit u on u.code = r.unit_code
    where r.kind = 'edu-record' and r.state <> 'draft' and ${withinScope(scope)} and ${inMonths(month)}
      and not exists (select 1 from record c join edu_registration g on g.record_id = c.id ${joinPregnancy('c')}
        where ${isCounted('c')} and ${isClaim()} and c.patient_id = r.patient_id and c.unit_code = r.unit_code
          and pr.id = r.pregnancy_id and g.trimester = done.trimester)`;
}
