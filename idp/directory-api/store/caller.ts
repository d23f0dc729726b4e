import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { Acting } from '../types.ts';

/** Whom a person's token lets act, while grant, session, person, binding and account all live. One round trip. */
export async function findActing(
  db: Db,
  of: { subject: string; sector: string | undefined; clientId: string; grantDigest: string },
): Promise<Acting | undefined> {
  const accountId =
    of.sector === undefined
      ? sql`${of.subject}::uuid`
      : sql`(select account_id from pairwise_subject where subject = ${of.subject} and sector = ${of.sector})`;
  const { rows } = await sql<Acting>`
    select a.id as "accountId", sa.id, sa.subsystem_code as "subsystemCode", sa.unit_code as "unitCode", sa.role, a.role as "accountRole",
      a.name as "personName", a.login_name as "loginName", a.unit_code as "homeUnitCode", g.session_uid as "sessionUid", s.ip as "signedInFrom"
    from oidc_grant g
    join account a on a.id = g.account_id and a.status = 'active' and (a.expires_at is null or a.expires_at > now())
    join subsystem_account sa on sa.id = g.subsystem_account_id and sa.account_id = a.id and sa.status = 'active'
    join binding b on b.subsystem_account_id = sa.id and b.account_id = a.id
    left join oidc_session s on s.uid = g.session_uid
    where g.account_id = ${accountId} and g.client_id = ${of.clientId} and g.expires_at > now()
      and (g.session_uid is null or s.expires_at > now())
      and translate(encode(sha256(convert_to(g.id, 'UTF8')), 'base64'), '+/=', '-_') = ${of.grantDigest}`.execute(
    db,
  );
  return rows[0];
}
