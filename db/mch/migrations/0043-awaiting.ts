import { type Kysely, sql } from 'kysely';

/** What belongs to one pregnancy, among all that is known of a woman; what a county sees of those who live in it alone. */
export const indexes = {
  record_of_pregnancy: 'record (pregnancy_id, kind) where pregnancy_id is not null',
  record_of_residents_elsewhere:
    "record (kind, residence_county, service_on, no) where residence_county <> county and residence_county <> ''",
};

/**
 * Records that were handed in and wait for one of another kind that belongs to them. Among a hundred thousand records
 * a few thousand wait: looking for those without such a record means reading all. The database keeps the list itself,
 * whichever way a record comes, changes or goes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table record_awaited_kind (
  kind text not null,
  awaits text not null,
  primary key (kind, awaits)
);
create table record_awaiting (
  awaits text not null,
  record_id uuid not null references record on delete cascade,
  primary key (awaits, record_id)
);
create index record_awaiting_record on record_awaiting (record_id);

-- What a record waits for, worked out anew; a draft waits for nothing, and is nothing that was waited for.
create function settle_awaiting(target uuid) returns void language sql as $$
  with due as (
    select k.awaits, r.state <> 'draft' and not exists (select 1 from record c
      where c.parent_id = r.id and c.kind = k.awaits and c.state <> 'draft') as waits
    from record r join record_awaited_kind k on k.kind = r.kind where r.id = target),
  settled as (
    delete from record_awaiting w using due where w.record_id = target and w.awaits = due.awaits and not due.waits)
  insert into record_awaiting (awaits, record_id) select awaits, target from due where waits
  on conflict do nothing
$$;

-- From now on records of a kind wait for another; those that do already are found once.
create function begin_awaiting(waiting text, awaited text) returns void language plpgsql as $$
begin
  -- whoever writes one now either is done, and is found, or comes later and knows
  lock table record in share row exclusive mode;
  insert into record_awaited_kind values (waiting, awaited) on conflict do nothing;
  insert into record_awaiting (awaits, record_id)
    select awaited, r.id from record r where r.kind = waiting and r.state <> 'draft'
      and not exists (select 1 from record c where c.parent_id = r.id and c.kind = awaited and c.state <> 'draft')
  on conflict do nothing;
end
$$;

-- The record that waits is held first: what follows sees what those before it made of its other records.
create function keep_awaiting() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' and new.kind in (select kind from record_awaited_kind) then
    perform settle_awaiting(new.id);
  end if;
  if tg_op <> 'DELETE' and new.parent_id is not null and new.kind in (select awaits from record_awaited_kind) then
    perform from record where id = new.parent_id for no key update;
    perform settle_awaiting(new.parent_id);
  end if;
  if tg_op <> 'INSERT' and old.parent_id is not null and old.kind in (select awaits from record_awaited_kind) then
    perform from record where id = old.parent_id for no key update;
    perform settle_awaiting(old.parent_id);
  end if;
  return null;
end
$$;
create trigger record_awaiting_comes after insert or delete on record for each row execute function keep_awaiting();
create trigger record_awaiting_changes after update of state, parent_id on record for each row
  when (old.state is distinct from new.state or old.parent_id is distinct from new.parent_id)
  execute function keep_awaiting();
`,
    )
    .execute(db);
}
