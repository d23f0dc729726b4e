import { type Kysely, sql } from 'kysely';

/** What is known about a unit beyond its name, and the imports of the institution register. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table unit
  add column address text not null default '',
  add column phone text not null default '',
  add column email text not null default '',
  -- the insurer's class of contract: 1 to 9, A, B, X
  add column level text not null default '',
  add column version integer not null default 1,
  add column changed_at timestamptz not null default now(),
  add column merged_into text references unit;

-- Whoever changes a unit, by whatever way, moves its version on: two people at once are told of each other.
create function count_unit_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.changed_at := now();
  return new;
end $$;
create trigger unit_version before update on unit
  for each row when (old.* is distinct from new.*) execute function count_unit_version();

-- Every two neighbouring characters: found by an index, whatever part of a name is asked for. Trigrams would miss
-- the two characters most Chinese searches consist of.
create function character_pairs(value text) returns text[]
  language sql immutable strict parallel safe
  return (
    select coalesce(array_agg(distinct substr(lower(normalize(value, NFKC)), n, 2)), '{}')
    from generate_series(1, greatest(char_length(normalize(value, NFKC)) - 1, 1)) n
  );

create index unit_code_order on unit (code collate "C");
create index unit_name_order on unit (name collate "C", code collate "C");
create index unit_changed_order on unit (changed_at, code collate "C");
create index unit_place on unit (county, town, code collate "C");
create index unit_kind on unit (kind, code collate "C");
create index unit_closed on unit (code collate "C") where status = 'closed';
create index unit_name_pairs on unit using gin (character_pairs(name));
create index unit_name_en_pairs on unit using gin (character_pairs(name_en));

create table unit_import (
  id uuid primary key default gen_random_uuid(),
  status text not null
    check (status in ('receiving', 'checking', 'previewed', 'applying', 'applied', 'cancelled', 'failed')),
  file_name text not null,
  -- which columns of ours the file's heading names
  columns text[] not null default '{}',
  encoding text,
  sha256 bytea,
  bytes bigint not null default 0,
  row_count integer not null default 0,
  -- how far the work has come: the last row checked, the last one applied
  checked_to integer not null default 0,
  applied_to integer not null default 0,
  new_rows integer not null default 0,
  changed_rows integer not null default 0,
  closed_rows integer not null default 0,
  unchanged_rows integer not null default 0,
  faulty_rows integer not null default 0,
  skipped_rows integer not null default 0,
  started_by uuid not null references account,
  started_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  decided_by uuid references account,
  decided_at timestamptz,
  reason text not null default '',
  ended_at timestamptz,
  failure text,
  check ((status in ('applied', 'cancelled', 'failed')) = (ended_at is not null)),
  check ((status = 'failed') = (failure is not null))
);
-- one at a time
create unique index unit_import_under_way on unit_import ((true))
  where status in ('receiving', 'checking', 'previewed', 'applying');
create index unit_import_history on unit_import (started_at, id);

create table unit_import_row (
  import_id uuid not null references unit_import on delete cascade,
  row_no integer not null,
  -- where it begins in the file
  line integer not null,
  code text not null,
  name text not null,
  name_en text not null,
  kind text not null,
  county text not null,
  town text not null,
  address text not null,
  phone text not null,
  email text not null,
  level text not null,
  status text not null,
  faults text[] not null default '{}',
  verdict text check (verdict in ('new', 'changed', 'closed', 'unchanged', 'faulty')),
  -- by column: [before, after]
  changes jsonb,
  -- of the unit it was compared with; 0 where there was none
  unit_version integer,
  -- 'done', or why it was passed over
  outcome text,
  primary key (import_id, row_no)
);
create index unit_import_row_code on unit_import_row (import_id, code);
create index unit_import_row_verdict on unit_import_row (import_id, verdict, row_no);
create index unit_import_row_of_unit on unit_import_row (code) where outcome = 'done';
create index unit_import_row_skipped on unit_import_row (import_id, row_no) where outcome <> 'done';

create function announce_unit_import() returns trigger language plpgsql as $$
begin
  perform pg_notify('unit_import', '');
  return null;
end $$;
create trigger unit_import_announced after insert or update of status on unit_import
  for each statement execute function announce_unit_import();
`,
    )
    .execute(db);
}
