import { type Kysely, sql } from 'kysely';

/** Blind indexes moved to a newer key in a single read; what a person has seen and typed; what became of a granted request. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create index enrollment_national_id on enrollment (national_id_index);
create index subsystem_account_national_id on subsystem_account (national_id_index);

-- what locked an account, for a look back over a day
create index audit_event_lock on audit_event (at) where details @> '{"locks": true}';

-- When somebody last looked at the announcements: newer ones are new to them.
create table announcement_seen (
  account_id uuid primary key references account on delete cascade,
  seen_at timestamptz not null
);

-- The page one was on when an idle session ended, and what was typed there: taken once, by the same person.
create table kept_page (
  account_id uuid primary key references account on delete cascade,
  content_sealed bytea not null,
  expires_at timestamptz not null
);

-- A granted request to stop or delete is a promise until it was carried out.
alter table data_request add column carried_out_at timestamptz;
`,
    )
    .execute(db);
}
