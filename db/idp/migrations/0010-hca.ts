import { type Kysely, sql } from 'kysely';

/** Cards of health care institutions and professionals: challenges, tries, what was proven, and cards as a factor. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- A challenge counts once, for one deed in one browser. A used one stays until it expires, to tell a replay.
create table hca_challenge (
  nonce_digest bytea primary key,
  scope bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index hca_challenge_expiry on hca_challenge (expires_at);

alter table enrollment add column hca_failures smallint not null default 0;
alter table enrollment drop constraint enrollment_status_check;
alter table enrollment add constraint enrollment_status_check check (status in ('draft', 'unconfirmed',
  'pending_unit_review', 'pending_hca', 'pending_paper', 'active', 'returned', 'withdrawn', 'expired'));
drop index enrollment_login_name;
create unique index enrollment_login_name on enrollment (login_name)
  where status in ('unconfirmed', 'pending_unit_review', 'pending_hca', 'pending_paper', 'returned');
drop index enrollment_person_unit;
create unique index enrollment_person_unit on enrollment (national_id_index, unit_code)
  where status in ('pending_unit_review', 'pending_hca', 'pending_paper', 'returned');

-- The institution's card that opened an account.
create table enrollment_card (
  enrollment_id uuid primary key references enrollment,
  unit_code text not null references unit,
  issuer text not null,
  serial text not null,
  card_no text,
  verified_at timestamptz not null
);

-- Which unit a certificate belongs to, where it does not say so itself; kept by the agency.
create table hca_unit_certificate (
  issuer text not null,
  serial text not null,
  unit_code text not null references unit,
  reason text not null,
  registered_at timestamptz not null,
  primary key (issuer, serial)
);

-- A professional's card as the second factor of one account.
create table person_card (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references account on delete cascade,
  issuer text not null,
  serial text not null,
  card_no text,
  name text not null default '',
  added_at timestamptz not null,
  last_used_at timestamptz,
  unique (issuer, serial)
);
create index person_card_of_account on person_card (account_id);
`,
    )
    .execute(db);
}
