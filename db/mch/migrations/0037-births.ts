import { type Kysely, sql } from 'kysely';

/** The register of births: what is known of a child from its birth on, once, whichever area was told first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table birth (
  child_id uuid primary key references patient on delete cascade,
  mother_name text not null,
  mother_sealed bytea not null,
  unit_code text,
  county text not null default '',
  town text not null default '',
  gestation_days integer check (gestation_days between 140 and 312),
  birth_weight integer check (birth_weight between 300 and 7000),
  guardian_name text,
  guardian_phone text,
  residence_county text not null default '',
  residence_town text not null default '',
  is_alive boolean not null default true,
  -- null while only drafts speak of the child
  registered_at timestamptz
);
create index birth_unit on birth (unit_code) where registered_at is not null;
create index birth_county on birth (county) where registered_at is not null;
create index birth_town on birth (town) where registered_at is not null;
create index birth_residence_county on birth (residence_county) where registered_at is not null;
create index birth_residence_town on birth (residence_town) where registered_at is not null;
`,
    )
    .execute(db);
}
