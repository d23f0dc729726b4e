import { type Kysely, sql } from 'kysely';

/** Every decision of a reviewer as one view, and what reminders of requests have to remember. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- the round, step and level that a reminder was sent for
alter table subsystem_request add column reminded_for text;

create index enrollment_event_decided on enrollment_event (at) where status in ('active', 'returned', 'need_more');
create index subsystem_request_event_decided on subsystem_request_event (at)
  where deed in ('approved', 'returned');
create index permission_request_decided on permission_request (decided_at)
  where status in ('allowed', 'refused');
create index enrollment_reminders on enrollment (id)
  where status in ('pending_unit_review', 'pending_paper') and escalated_at is null;

create view review_record as
  select 'e' || e.id as id, e.at, 'enrollment' as kind, n.unit_code, null::text as subsystem_code,
    n.login_name as applicant, n.account_id as applicant_account_id,
    case e.status when 'active' then 'approved' when 'returned' then 'returned' else 'supplement' end as decision,
    coalesce(e.reason, '') as comment, e.actor_account_id, e.on_behalf_of_account_id
  from enrollment_event e join enrollment n on n.id = e.enrollment_id
  where e.status in ('active', 'returned', 'need_more') and e.actor_account_id is not null
  union all
  select 'r' || e.id, e.at, 'access_request', r.unit_code, r.subsystem_code, a.login_name, a.id, e.deed, e.comment,
    e.actor_account_id, e.on_behalf_of_account_id
  from subsystem_request_event e
  join subsystem_request r on r.id = e.request_id
  join account a on a.id = r.account_id
  where e.deed in ('approved', 'returned')
  union all
  select 'p' || p.no, p.decided_at, 'permission_request', p.unit_code, p.subsystem_code, a.login_name, a.id, p.status,
    p.reason, p.decided_by, null::uuid
  from permission_request p join account a on a.id = p.applicant_account_id
  where p.status in ('allowed', 'refused');
`,
    )
    .execute(db);
}
