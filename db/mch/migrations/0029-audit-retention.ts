import { type Kysely, sql } from 'kysely';

/** Audit records may be given up, yet none younger than half a year. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create function refuse_young_audit_deletion() returns trigger language plpgsql as $$
begin
  if old.at > now() - interval '6 months' then
    raise exception 'audit_event is insert-only' using errcode = '42501';
  end if;
  return old;
end $$;
drop trigger audit_event_is_insert_only on audit_event;
create trigger audit_event_is_insert_only before update or truncate on audit_event
  for each statement execute function refuse_audit_change();
create trigger audit_event_is_kept before delete on audit_event
  for each row execute function refuse_young_audit_deletion();
`,
    )
    .execute(db);
}

export const indexes = { audit_event_age: 'audit_event (at)' };
