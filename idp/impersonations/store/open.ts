import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { HELPER_ROLES } from '../rights.ts';
import type { ImpersonationEnd } from '../types.ts';

/** What is not over yet; of one that runs, why it has to end, when it has. */
export async function listOpen(
  db: Db | Trx,
  id?: string,
): Promise<{ id: string; cause: ImpersonationEnd | null }[]> {
  const only = id === undefined ? sql`` : sql`and i.id = ${id}`;
  const { rows } = await sql<{ id: string; cause: ImpersonationEnd | null }>`
    select i.id, case when i.status <> 'running' then null
      when i.ends_at <= now() then 'time'
      when not exists (select from account o where o.id = i.operator_account_id and o.status = 'active'
        and (o.expires_at is null or o.expires_at > now()) and o.role = any(${HELPER_ROLES})) then 'right_lost'
      when not exists (select from account p
        join subsystem_account sa on sa.id = i.subsystem_account_id and sa.account_id = p.id and sa.status = 'active'
        join binding b on b.subsystem_account_id = sa.id and b.account_id = p.id
        where p.id = i.account_id and p.role = 'user' and p.status = 'active'
          and (p.expires_at is null or p.expires_at > now())) then 'account_lost'
      when not exists (select from oidc_session s where s.uid = i.session_uid and s.expires_at > now())
        then 'signed_out' end as cause
    from impersonation i where i.status in ('requested', 'approved', 'running') ${only}
    order by i.requested_at limit 500`.execute(db);
  return rows;
}
