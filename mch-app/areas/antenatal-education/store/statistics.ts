import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, inPlace, withinScope } from '../../../records/index.ts';
import { FIRST_TOPICS, THIRD_TOPICS } from '../topics.ts';
import { VISITS, inMonths, isCounted, isUploaded } from './visits.ts';

/** What the rows of a statistic stand for; `level` is one of these. */
export const LEVELS = ['county', 'unit', 'month', 'trimester'] as const;

const GROUPS: Readonly<Record<(typeof LEVELS)[number], string>> = {
  county: 'county',
  unit: 'unit_code',
  month: 'month',
  trimester: 'trimester',
};
const groupOf = ({ level }: ReportFilters): RawBuilder<unknown> =>
  sql.ref(`one.${GROUPS[level as (typeof LEVELS)[number]]}`);

/** The group of a row under the name of its level. */
const named = (filters: ReportFilters): RawBuilder<unknown> => sql`
  ${groupOf(filters)} as id, ${groupOf(filters)} as position, ${groupOf(filters)} as county,
  ${groupOf(filters)} as month, ${groupOf(filters)} as trimester, max(one.unit_name) as unit_name`;

/** Guidance uploaded in a span of months. */
const uploads = (scope: Scope, { since, until, ...place }: ReportFilters): RawBuilder<unknown> => sql`
  select r.county, r.unit_code, coalesce(u.name, r.unit_code) as unit_name, to_char(r.service_on, 'YYYY-MM') as month,
    done.trimester, done.referral, done.needs_first, done.needs_third, done.topics_first, done.topics_third
  from record r join edu_record done on done.record_id = r.id left join unit u on u.code = r.unit_code
  where r.kind = 'edu-record' and r.state <> 'draft' and ${withinScope(scope)} and ${inMonths(since, until)}
    and ${inPlace(place)}`;

const VOLUME = sql`count(*) as records, count(*) filter (where one.trimester = 'first') as first_records,
  count(*) filter (where one.trimester = 'third') as third_records,
  count(*) filter (where one.referral <> 'none') as referred`;

/** How much was uploaded, by what is asked. */
export const volume = (scope: Scope, filters: ReportFilters): RawBuilder<unknown> => sql`
  select ${named(filters)}, ${VOLUME} from (${uploads(scope, filters)}) one group by ${groupOf(filters)}`;

export const volumeInAll = (scope: Scope, filters: ReportFilters): RawBuilder<unknown> => sql`
  select ${VOLUME} from (${uploads(scope, filters)}) one`;

/**
 * Who was to be guided: each woman once a pregnancy, trimester and unit, in the month of her first such visit there;
 * and whether that unit has uploaded it.
 */
const eligible = (scope: Scope, { since, until, ...place }: ReportFilters): RawBuilder<unknown> => sql`
  select distinct on (r.patient_id, coalesce(pr.id, r.patient_id), g.trimester, r.unit_code)
    r.county, r.unit_code, coalesce(u.name, r.unit_code) as unit_name, to_char(r.service_on, 'YYYY-MM') as month,
    g.trimester, ${isUploaded('unit')} as is_covered
  from ${VISITS}
  where ${isCounted()} and g.trimester in ('first', 'third') and ${withinScope(scope)} and ${inMonths(since, until)}
    and ${inPlace(place)}
  order by r.patient_id, coalesce(pr.id, r.patient_id), g.trimester, r.unit_code, r.service_on`;

const COVERED = sql`count(*) as eligible, count(*) filter (where one.is_covered) as covered,
  (count(*) filter (where one.is_covered))::float8 / nullif(count(*), 0) as coverage`;

/** How many of those who were to be guided were, by what is asked. */
export const coverage = (scope: Scope, filters: ReportFilters): RawBuilder<unknown> => sql`
  select ${named(filters)}, ${COVERED} from (${eligible(scope, filters)}) one group by ${groupOf(filters)}`;

/** The same of all rows: whoever was to be guided stands in one of them. */
export const COVERAGE_IN_ALL = sql`coalesce(sum(eligible), 0) as eligible, coalesce(sum(covered), 0) as covered,
  sum(covered)::float8 / nullif(sum(eligible), 0) as coverage`;

/** Every topic, asked for and spoken of or not. */
const TOPICS = sql.join(
  [
    ...FIRST_TOPICS.map((topic, at) => ['first', topic, at] as const),
    ...THIRD_TOPICS.map((topic, at) => ['third', topic, at] as const),
  ].map(([trimester, topic, at]) => sql`(${trimester}::text, ${topic}::text, ${at}::int)`),
);

/** How often a topic was asked for and spoken of, and its share of the guidance of its trimester. */
export const topics = (scope: Scope, filters: ReportFilters): RawBuilder<unknown> => sql`
  select topic.name as id, topic.trimester || lpad(topic.at::text, 2, '0') as position, topic.trimester,
    topic.name as topic,
    count(*) filter (where topic.name = any (one.needs_first) or topic.name = any (one.needs_third)) as asked_for,
    count(*) filter (where topic.name = any (one.topics_first) or topic.name = any (one.topics_third)) as guided,
    (count(*) filter (where topic.name = any (one.topics_first) or topic.name = any (one.topics_third)))::float8
      / nullif(count(one.trimester), 0) as guided_share
  from (values ${TOPICS}) as topic (trimester, name, at)
    left join (${uploads(scope, filters)}) one on one.trimester = topic.trimester
  group by topic.trimester, topic.name, topic.at`;
