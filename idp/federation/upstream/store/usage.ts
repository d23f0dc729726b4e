import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

export interface ProviderUse {
  /** Accounts that hold a link. */
  links: number;
  /** Of these, whose link was used since. */
  people: number;
}

/** How many accounts are linked at each provider, and how many of them signed in by it since `since`. */
export async function countUse(db: Db, since: Date): Promise<Map<string, ProviderUse>> {
  const { rows } = await sql<{ code: string } & ProviderUse>`
    select provider_code as code, count(*)::int as links,
      (count(*) filter (where last_used_at >= ${since}))::int as people
    from upstream_link group by provider_code`.execute(db);
  return new Map(rows.map(({ code, links, people }) => [code, { links, people }]));
}

/** What became of sign-ins at a provider on one day, in Taipei; `reason` is empty where it succeeded. */
export interface DayCount {
  day: string;
  reason: string;
  count: number;
}

const TYPES = ['sign_in.succeeded', 'sign_in.refused', 'upstream_sign_in.refused'];

/** Sign-ins at the provider since `since` as the audit trail has them, by day and reason. */
export async function countSignIns(db: Db, code: string, since: Date): Promise<DayCount[]> {
  const { rows } = await sql<DayCount>`
    select (at at time zone 'Asia/Taipei')::date::text as day,
      case when outcome = 'success' then '' else coalesce(reason, '') end as reason, count(*)::int as count
    from audit_event
    where type = any(${TYPES}) and at >= ${since} and details->>'provider' = ${code}
    group by 1, 2 order by 1`.execute(db);
  return rows;
}
