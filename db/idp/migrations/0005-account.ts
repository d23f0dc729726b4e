import { type Kysely, sql } from 'kysely';

/** What people arrange for themselves: the order of their favourite bindings, second factors, profile. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Favourites are shown in this order; anything else has none.
alter table binding add column position integer;
with ordered as (
  select subsystem_account_id, row_number() over (partition by account_id order by bound_at, name) as place
  from binding where favourite
)
update binding set position = ordered.place from ordered
where ordered.subsystem_account_id = binding.subsystem_account_id;
create index binding_of_account on binding (account_id);

alter table totp_credential add column name text not null default '';

-- Shown once and kept as keyed digests; a used one stays, so that it can be told from a wrong one.
create table recovery_code (
  account_id uuid not null references account on delete cascade,
  code_digest bytea not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (account_id, code_digest)
);

create table passkey (
  id text primary key,
  account_id uuid not null references account on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null default '',
  added_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_of_account on passkey (account_id);

create table webauthn_challenge (
  scope bytea primary key,
  value text not null,
  expires_at timestamptz not null
);
create index webauthn_challenge_expiry on webauthn_challenge (expires_at);

-- phone is the main telephone. An ID number its owner changed proves nothing to others until somebody confirmed it.
alter table account
  add column spare_phone text not null default '',
  add column unit_phone text not null default '',
  add column mobile text not null default '',
  add column spare_email text not null default '',
  add column national_id_declared_at timestamptz;

create table pending_email (
  account_id uuid primary key references account on delete cascade,
  email text not null,
  token_digest bytea not null unique,
  expires_at timestamptz not null
);
create index pending_email_expiry on pending_email (expires_at);
`,
    )
    .execute(db);
}
