import { type Kysely, sql } from 'kysely';

/**
 * The audit trail by month, and the seals that chain it. What was recorded so far stays where it is, as the
 * partition of everything up to the end of this month; grants, identity and the insert-only rule carry over, and
 * the previous release's inserts and reads work on unchanged.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(RENAME).execute(db);
  await sql.raw(PARTITIONED).execute(db);
  await sql.raw(ATTACH).execute(db);
  await sql.raw(SEALS).execute(db);
}

const RENAME = `
lock table audit_event in access exclusive mode;
-- the default is evaluated once for the rows there are: a transaction that is surely over when they are sealed
alter table audit_event
  add column unit_code text,
  add column xid xid8 not null default pg_current_xact_id();
alter table audit_event rename to audit_event_before;
alter index audit_event_account rename to audit_event_before_account;
alter table audit_event_before drop constraint audit_event_pkey;
drop trigger audit_event_is_insert_only on audit_event_before;
`;

const PARTITIONED = `
create table audit_event (like audit_event_before including defaults including constraints)
  partition by range (at);
alter table audit_event
  add primary key (id, at),
  alter column id add generated always as identity;
create index audit_event_time on audit_event (at, id);
create index audit_event_account on audit_event (account_id, at);
create index audit_event_actor on audit_event (actor_account_id, at) where actor_account_id is not null;
create index audit_event_unit on audit_event (unit_code, at);
create index audit_event_type on audit_event (type, at);
create index audit_event_request on audit_event (request_id) where request_id is not null;
create index audit_event_xid on audit_event (xid);

create or replace function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception '% is insert-only', tg_table_name using errcode = '42501';
end $$;
create trigger audit_event_is_insert_only before update or delete or truncate on audit_event
  for each statement execute function refuse_audit_change();

-- Whose unit an event concerns, as it was then; whoever writes the record need not know.
create function name_audit_unit() returns trigger language plpgsql as $$
begin
  if new.unit_code is null and coalesce(new.account_id, new.actor_account_id) is not null then
    select unit_code into new.unit_code from account where id = coalesce(new.account_id, new.actor_account_id);
  end if;
  return new;
end $$;
create trigger audit_event_unit before insert on audit_event
  for each row execute function name_audit_unit();

-- A partition made by name; what is done to it directly is refused as on the whole.
create function guard_audit_partition(partition text) returns void language plpgsql as $$
begin
  execute format('create trigger audit_event_is_insert_only before update or delete or truncate on %I
    for each statement execute function refuse_audit_change()', partition);
end $$;
`;

const ATTACH = `
do $$
declare
  next_id bigint;
  until timestamptz := (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  entry record;
begin
  select coalesce(max(id), 0) + 1 into next_id from audit_event_before;
  alter table audit_event_before alter column id drop identity;
  execute format('alter table audit_event alter column id restart with %s', next_id);
  execute format('alter table audit_event attach partition audit_event_before for values from (minvalue) to (%L)',
    until);
  for i in 0..2 loop
    execute format('create table %I (like audit_event including defaults including constraints)',
      'audit_event_' || to_char((until + make_interval(months => i)) at time zone 'UTC', 'YYYY_MM'));
    execute format('alter table audit_event attach partition %I for values from (%L) to (%L)',
      'audit_event_' || to_char((until + make_interval(months => i)) at time zone 'UTC', 'YYYY_MM'),
      ((until at time zone 'UTC') + make_interval(months => i)) at time zone 'UTC',
      ((until at time zone 'UTC') + make_interval(months => i + 1)) at time zone 'UTC');
  end loop;
  -- should nobody make partitions in time, records still have a place
  create table audit_event_beyond (like audit_event including defaults including constraints);
  alter table audit_event attach partition audit_event_beyond default;
  for entry in select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_event'::regclass loop
    perform guard_audit_partition(entry.name);
  end loop;
  for entry in
    select a.grantee::regrole::text as role, a.privilege_type, a.is_grantable
    from pg_class c, aclexplode(c.relacl) a
    where c.oid = 'audit_event_before'::regclass and a.grantee <> 0 and a.grantee <> c.relowner
  loop
    execute format('grant %s on audit_event to %s %s', entry.privilege_type, entry.role,
      case when entry.is_grantable then 'with grant option' else '' end);
  end loop;
end $$;
`;

const SEALS = `
-- One link of the chain: the Merkle root over the records of one month that a span of transactions committed.
-- Ids and leaves tell which record was changed; the hash covers them all and the hash before.
create table audit_seal (
  number bigint primary key,
  month date not null,
  xid_from xid8 not null,
  xid_to xid8 not null,
  -- ids up to this one are of a time before the database was restored from a copy
  after_id bigint not null,
  records integer not null check (records > 0),
  first_id bigint not null,
  last_id bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  ids bigint[] not null,
  leaves bytea not null,
  root bytea not null,
  previous_hash bytea not null unique,
  hash bytea not null unique,
  sealed_at timestamptz not null
);
create index audit_seal_month on audit_seal (month, number);
create index audit_seal_time on audit_seal (sealed_at);
create index audit_seal_last on audit_seal (last_at);

-- A signed statement of how far the chain had come.
create table audit_checkpoint (
  seal_number bigint primary key references audit_seal,
  jws text not null,
  signed_at timestamptz not null
);

create trigger audit_seal_is_insert_only before update or delete or truncate on audit_seal
  for each statement execute function refuse_audit_change();
create trigger audit_checkpoint_is_insert_only before update or delete or truncate on audit_checkpoint
  for each statement execute function refuse_audit_change();

-- A verification asked for in the console, and what it found.
create table audit_verification (
  id uuid primary key default gen_random_uuid(),
  requested_by uuid not null references account,
  from_at timestamptz,
  to_at timestamptz,
  requested_at timestamptz not null default now(),
  leased_until timestamptz,
  seals_done integer not null default 0,
  seals_total integer,
  report jsonb,
  ended_at timestamptz
);
create index audit_verification_open on audit_verification (requested_at) where ended_at is null;

-- Sign-ins while the trail itself cannot be written; moved into it as soon as it can.
create table audit_spool (
  id bigint generated always as identity primary key,
  record jsonb not null,
  at timestamptz not null default now()
);
`;
