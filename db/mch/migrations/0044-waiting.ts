import { type Kysely, sql } from 'kysely';

export const indexes = { record_awaiting_day: 'record_awaiting (awaits, service_on, record_id)' };

/**
 * Records that wait for something told by more than the record they belong to: guidance of the same pregnancy, a later
 * specimen of the same child. A view says which of a person's records wait (`record_id`, `patient_id`, `service_on`), and its rule
 * whose coming, changing or going may alter that; whenever one is written, the person's part of the list is made anew
 * at the end of the transaction, once the record says all it has to say.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table record_awaiting add column service_on date;
create table record_waiting_rule (
  awaits text primary key,
  found_in text not null,
  -- kinds of records, and 'pregnancy'
  kinds text[] not null,
  -- null until what waited before is listed
  filled_at timestamptz
);

-- What of a person's waits, of the rules a kind has a part in.
create function settle_waiting(person uuid, changed text) returns void language plpgsql as $$
declare rule record;
begin
  for rule in select awaits, found_in from record_waiting_rule where changed = any (kinds) loop
    execute format('with due as materialized (select record_id, service_on from %I where patient_id = $1),
      settled as (
        delete from record_awaiting w using record r where w.awaits = $2 and r.id = w.record_id and r.patient_id = $1
          and w.record_id not in (select record_id from due))
      insert into record_awaiting as w (awaits, record_id, service_on) select $2, record_id, service_on from due
      on conflict (awaits, record_id) do update set service_on = excluded.service_on
        where w.service_on is distinct from excluded.service_on',
      rule.found_in) using person, rule.awaits;
  end loop;
end
$$;

-- The people are held first, in one order: what follows sees what those before it made of their records.
create function keep_waiting() returns trigger language plpgsql as $$
declare
  changed text := case when tg_op = 'DELETE' then old.kind else new.kind end;
  person uuid;
begin
  if not exists (select from record_waiting_rule where changed = any (kinds)) then
    return null;
  end if;
  for person in
    select id from unnest(array[new.patient_id, old.patient_id,
      (select patient_id from record where id = new.parent_id),
      (select patient_id from record where id = old.parent_id)]) id
    where id is not null group by id order by id
  loop
    perform from patient where id = person for no key update;
    perform settle_waiting(person, changed);
  end loop;
  return null;
end
$$;
create constraint trigger record_waiting after insert or update or delete on record
  deferrable initially deferred for each row execute function keep_waiting();

create function keep_waiting_of_pregnancy() returns trigger language plpgsql as $$
declare person uuid;
begin
  for person in
    select id from unnest(array[new.mother_id, old.mother_id]) id where id is not null group by id order by id
  loop
    perform from patient where id = person for no key update;
    perform settle_waiting(person, 'pregnancy');
  end loop;
  return null;
end
$$;
create constraint trigger pregnancy_waiting after insert or update or delete on pregnancy
  deferrable initially deferred for each row execute function keep_waiting_of_pregnancy();

-- Lists what waited before the rules were there, some people at a time: whoever writes about them meanwhile waits
-- for no more than those, and is seen or sees.
create procedure fill_waiting() language plpgsql as $$
declare
  rule record;
  done uuid := '00000000-0000-0000-0000-000000000000';
  people uuid[];
begin
  loop
    select array_agg(id) into people from (select id from patient where id > done order by id limit 1000) next;
    exit when people is null;
    perform from patient where id = any (people) order by id for no key update;
    for rule in select awaits, found_in from record_waiting_rule where filled_at is null loop
      execute format('insert into record_awaiting (awaits, record_id, service_on)
        select $1, record_id, service_on from %I where patient_id = any ($2) on conflict do nothing', rule.found_in)
        using rule.awaits, people;
    end loop;
    done := people[array_upper(people, 1)];
    commit;
  end loop;
  update record_waiting_rule set filled_at = now() where filled_at is null;
  commit;
end
$$;
`,
    )
    .execute(db);
}

/** Those of other replicas wait here too: before the list is whole nobody may show it. */
export async function afterwards(session: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select 1 from record_waiting_rule where filled_at is null limit 1`.execute(
    session,
  );
  if (rows.length === 0) return;
  await sql`set lock_timeout = 0`.execute(session);
  await sql`select pg_advisory_lock(hashtext('waiting'))`.execute(session);
  try {
    await sql`call fill_waiting()`.execute(session);
  } finally {
    await sql`select pg_advisory_unlock(hashtext('waiting'))`.execute(session);
  }
}
