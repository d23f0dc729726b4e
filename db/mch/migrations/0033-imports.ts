import { type Kysely, sql } from 'kysely';

/** Files of records: who brought which, how far it is taken over, and what was wrong with which row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table record_import (
  id bigint generated always as identity primary key,
  kind text not null,
  unit_code text not null,
  actor jsonb not null,
  person_name text not null,
  file_name text not null,
  is_all boolean not null,
  takes_warnings boolean not null,
  columns text[] not null,
  status text not null check (status in ('checking', 'writing', 'done', 'refused', 'failed')),
  row_count integer not null,
  done_to integer not null default 0,
  taken integer not null default 0,
  repeated integer not null default 0,
  faulty integer not null default 0,
  lease uuid,
  leased_until timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  check ((ended_at is null) = (status in ('checking', 'writing')))
);
create index record_import_of_unit on record_import (kind, unit_code, id);
create index record_import_due on record_import (id) where ended_at is null;
create index record_import_ended on record_import (ended_at);

-- The cells are sealed, and emptied once the import has ended.
create table record_import_row (
  import_id bigint not null references record_import on delete cascade,
  row_no integer not null,
  line integer not null,
  cells bytea,
  outcome text check (outcome in ('taken', 'repeated', 'faulty')),
  record_no bigint,
  findings jsonb not null default '[]',
  primary key (import_id, row_no)
);

-- The same row brings one record, however often and in whatever file it comes.
create table record_import_taken (
  kind text not null,
  unit_code text not null,
  digest bytea not null,
  record_id uuid not null references record on delete cascade,
  primary key (kind, unit_code, digest)
);
create index record_import_taken_record on record_import_taken (record_id);
`,
    )
    .execute(db);
}
