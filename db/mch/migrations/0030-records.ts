import { type Kysely, sql } from 'kysely';

/** People, pregnancies, and the envelope every record of every area has. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create extension if not exists pg_trgm;

create table unit (
  code text primary key,
  name text not null,
  kind text not null,
  county text not null,
  town text not null,
  seen_at timestamptz not null default now()
);
create index unit_town on unit (town);

-- A mother or a child. The number is sealed and found again by its keyed digest; one without a number is a row of its own.
create table patient (
  id uuid primary key,
  kind text not null check (kind in ('mother', 'child')),
  id_type text not null check (id_type in ('national_id', 'resident_permit', 'passport', 'none')),
  id_sealed bytea,
  id_index bytea unique,
  id_hint text not null default '',
  birth_index bytea unique,
  name text not null check (length(name) between 1 and 50),
  birth_date date not null,
  birth_at timestamptz,
  birth_order integer check (birth_order between 1 and 5),
  sex text check (sex in ('male', 'female', 'unknown')),
  mother_id uuid references patient,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((id_type = 'none') = (id_sealed is null)),
  check ((id_sealed is null) = (id_index is null))
);
create index patient_name on patient using gin (name gin_trgm_ops);
create index patient_mother on patient (mother_id) where mother_id is not null;

create table pregnancy (
  id uuid primary key,
  mother_id uuid not null references patient,
  seq integer not null check (seq between 1 and 20),
  edc date not null,
  opened_on date not null,
  closed_on date,
  unique (mother_id, seq)
);
create unique index pregnancy_open on pregnancy (mother_id) where closed_on is null;

create table record (
  id uuid primary key,
  no bigint generated always as identity unique,
  kind text not null,
  unit_code text not null,
  assigned_unit_code text,
  county text not null,
  town text not null,
  residence_county text not null default '',
  residence_town text not null default '',
  patient_id uuid references patient,
  pregnancy_id uuid references pregnancy,
  parent_id uuid references record,
  unique_key text,
  state text not null check (state in ('draft', 'submitted', 'approved', 'returned', 'claimed', 'paid', 'rejected', 'closed')),
  version integer not null default 1,
  service_on date not null,
  unlocked_until timestamptz,
  created_by text not null,
  created_by_name text not null,
  created_at timestamptz not null,
  updated_by text not null,
  updated_by_name text not null,
  updated_at timestamptz not null,
  submitted_by_name text,
  submitted_at timestamptz,
  reviewed_by_name text,
  reviewed_at timestamptz,
  review_note text not null default '',
  check (state = 'draft' or submitted_at is not null)
);
create unique index record_unique on record (kind, patient_id, coalesce(pregnancy_id, patient_id), unique_key) where unique_key is not null;
create index record_own on record (kind, unit_code, service_on, no);
create index record_assigned on record (kind, assigned_unit_code, service_on, no) where assigned_unit_code is not null;
create index record_county on record (kind, county, service_on, no);
create index record_town on record (kind, town, service_on, no);
create index record_residence_county on record (kind, residence_county, service_on, no);
create index record_residence_town on record (kind, residence_town, service_on, no);
create index record_nation on record (kind, service_on, no);
create index record_patient on record (patient_id, kind);
create index record_parent on record (parent_id, kind) where parent_id is not null;

-- The blocks several areas share, as they stood in that record.
create table record_mother (
  record_id uuid primary key references record on delete cascade,
  nationality text,
  identity text[],
  education text,
  phone text,
  mobile text,
  household_town text,
  household_address text,
  residence_town text,
  residence_address text,
  emergency_name text,
  emergency_phone text
);
create table record_pregnancy (
  record_id uuid primary key references record on delete cascade,
  gravida integer check (gravida between 1 and 20),
  para integer check (para between 0 and 20),
  lmp date,
  edc date,
  fetus_count integer check (fetus_count between 1 and 5),
  check (para <= gravida)
);
create table record_child (
  record_id uuid primary key references record on delete cascade,
  gestation_days integer check (gestation_days between 140 and 312),
  birth_weight integer check (birth_weight between 300 and 7000),
  guardian_name text,
  guardian_phone text,
  residence_town text,
  birth_unit text
);

-- What each version changed: field, before, after.
create table record_version (
  record_id uuid not null references record on delete cascade,
  version integer not null,
  at timestamptz not null,
  deed text not null,
  by_account text not null,
  by_name text not null,
  unit_code text not null,
  note text not null default '',
  changes jsonb not null,
  primary key (record_id, version)
);

-- Who looked at whose records, and how.
create table patient_access (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  patient_id uuid not null references patient,
  record_id uuid,
  account_id text not null,
  person_name text not null,
  unit_code text not null,
  deed text not null check (deed in ('view', 'print', 'edit', 'find', 'export'))
);
create index patient_access_patient on patient_access (patient_id, at);
create index patient_access_at on patient_access (at);

-- Who took which list away: the names of its filters, never what was looked for.
create table record_export (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  account_id text not null,
  person_name text not null,
  unit_code text not null,
  kind text not null,
  format text not null check (format in ('xlsx', 'ods')),
  filters text[] not null,
  row_count integer not null
);
create index record_export_at on record_export (at);
`,
    )
    .execute(db);
}
