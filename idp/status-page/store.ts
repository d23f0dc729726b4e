import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { Component, Minute, OutboxFacts, ServiceDay, ServiceState, SubsystemSign } from './types.ts';

interface OutboxRow {
  mails: OutboxFacts;
  logouts: OutboxFacts;
}

/** Whether the database answers at all. @throws when it does not */
export async function probe(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}

/** How both outboxes stand, in one statement. */
export async function readOutboxes(db: Db): Promise<OutboxRow> {
  const { rows } = await sql<OutboxRow>`
    select
      (select json_build_object('failingSeconds', coalesce(extract(epoch from now() - min(created_at)), 0),
        'delivers', exists (select from mail_message
          where created_at > now() - interval '1 day' and sent_at > now() - interval '10 minutes'))
        from mail_message where sent_at is null and dead_at is null and last_error is not null) as mails,
      (select json_build_object('failingSeconds', coalesce(extract(epoch from now() - min(created_at)), 0),
        'delivers', exists (select from logout_delivery
          where created_at > now() - interval '1 day' and delivered_at > now() - interval '10 minutes'))
        from logout_delivery
        where delivered_at is null and dead_at is null and last_error is not null) as logouts`.execute(db);
  if (!rows[0]) throw new Error('the outboxes have no row');
  return rows[0];
}

/** Adds minutes as this process saw them, and brings the days they belong to up to date. */
export async function noteMinutes(db: Db, minutes: Minute[]): Promise<void> {
  const seen = minutes.flatMap(({ at, states }) =>
    Object.entries(states).map(([component, state]) => ({
      minute: at.toISOString(),
      component,
      working: 0,
      degraded: 0,
      down: 0,
      maintenance: 0,
      [state]: 1,
    })),
  );
  await db.transaction().execute(async (trx) => {
    await sql`
      insert into service_minute (minute, component, working, degraded, down, maintenance)
      select minute, component, working, degraded, down, maintenance
      from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as s (minute timestamptz, component text,
        working integer, degraded integer, down integer, maintenance integer)
      order by minute, component
      on conflict (minute, component) do update set
        working = service_minute.working + excluded.working, degraded = service_minute.degraded + excluded.degraded,
        down = service_minute.down + excluded.down,
        maintenance = service_minute.maintenance + excluded.maintenance`.execute(trx);
    // one process saw it fail while another served: some people were turned away
    await sql`
      insert into service_day (day, component, working, degraded, down, maintenance)
      select (minute at time zone 'Asia/Taipei')::date as day, component,
        count(*) filter (where working > 0 and down + degraded + maintenance = 0),
        count(*) filter (where (down > 0 and working + degraded + maintenance > 0) or (down = 0 and degraded > 0)),
        count(*) filter (where down > 0 and working + degraded + maintenance = 0),
        count(*) filter (where down + degraded = 0 and maintenance > 0)
      from service_minute
      where minute >= (date_trunc('day', now() at time zone 'Asia/Taipei') - interval '1 day') at time zone 'Asia/Taipei'
      group by 1, 2 order by 1, 2
      on conflict (day, component) do update set working = excluded.working, degraded = excluded.degraded,
        down = excluded.down, maintenance = excluded.maintenance`.execute(trx);
  });
}

/** The days from `since` (`yyyy-MM-dd`) on. */
export async function listDays(db: Db, since: string): Promise<ServiceDay[]> {
  const { rows } = await sql<ServiceDay>`
    select to_char(day, 'YYYY-MM-DD') as day, component, working, degraded, down, maintenance
    from service_day where day >= ${since}::date order by day, component`.execute(db);
  return rows;
}

/** How each component was in the newest minute noted lately by anybody. */
export async function readNewest(db: Db): Promise<Map<Component, ServiceState>> {
  const { rows } = await sql<{ component: Component; state: ServiceState }>`
    select distinct on (component) component,
      case when down > 0 and working + degraded + maintenance = 0 then 'down'
        when down + degraded > 0 then 'degraded' when maintenance > 0 then 'maintenance' else 'working' end as state
    from service_minute where minute > now() - interval '5 minutes' order by component, minute desc`.execute(
    db,
  );
  return new Map(rows.map(({ component, state }) => [component, state]));
}

/** Which clients took the logouts of the last day, by the newest of each that was tried. */
export async function listSigns(db: Db): Promise<SubsystemSign[]> {
  const { rows } = await sql<SubsystemSign>`
    select distinct on (client_id) client_id as "clientId", delivered_at is not null as takes
    from logout_delivery
    where created_at > now() - interval '1 day' and (delivered_at is not null or attempts >= 3)
    order by client_id, coalesce(delivered_at, created_at) desc`.execute(db);
  return rows;
}
