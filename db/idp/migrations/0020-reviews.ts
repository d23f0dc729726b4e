import { type Kysely, sql } from 'kysely';

/** What reviewing at the console needs: waiting times, reminders, deputies, and the days nobody works. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table enrollment
  -- plain only while somebody may have to look for it; the rest of the person stays sealed
  add column applicant_name text not null default '',
  -- since when it is the reviewers' turn; of rows from the release before, updated_at says nearly the same
  add column waiting_since timestamptz,
  add column reminded_at timestamptz,
  add column escalated_at timestamptz;
alter table enrollment_event add column on_behalf_of_account_id uuid references account;
-- whoever put a faxed form in does not decide about it
alter table enrollment_scan add column attached_by uuid references account;
create index enrollment_waiting on enrollment (submitted_at, id)
  where status in ('pending_unit_review', 'pending_paper');
create index enrollment_sent on enrollment (submitted_at, id) where submitted_at is not null;
create index enrollment_unit_sent on enrollment (unit_code, submitted_at, id) where submitted_at is not null;

-- Days that are not as their weekday says: off on a working day, or worked on a weekend.
create table holiday (
  day date primary key,
  works boolean not null default false
);
insert into holiday (day) values
  ('2026-01-01'), ('2026-02-16'), ('2026-02-17'), ('2026-02-18'), ('2026-02-19'), ('2026-02-20'), ('2026-02-27'),
  ('2026-04-03'), ('2026-04-06'), ('2026-05-01'), ('2026-06-19'), ('2026-09-25'), ('2026-09-28'), ('2026-10-09'),
  ('2026-10-26'), ('2026-12-25'),
  ('2027-01-01'), ('2027-02-04'), ('2027-02-05'), ('2027-02-08'), ('2027-02-09'), ('2027-02-10'), ('2027-03-01'),
  ('2027-04-05'), ('2027-04-06'), ('2027-04-30'), ('2027-06-09'), ('2027-09-15'), ('2027-09-28'), ('2027-10-11'),
  ('2027-10-25'), ('2027-12-24'), ('2027-12-31');

create table delegation (
  id uuid primary key,
  delegator_account_id uuid not null references account,
  deputy_account_id uuid not null references account,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  reason text not null default '',
  created_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by uuid references account,
  check (valid_from < valid_until),
  check (delegator_account_id <> deputy_account_id)
);
create index delegation_deputy on delegation (deputy_account_id, valid_until) where revoked_at is null;
create index delegation_delegator on delegation (delegator_account_id, created_at);
`,
    )
    .execute(db);
}
