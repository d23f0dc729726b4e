import {
  ACTING,
  type ActingRow,
  GRANT,
  type GrantRow,
  JOIN_IMPERSONATION,
  PERSON,
  type PersonRow,
  type Reader,
  SESSION,
  type SessionRow,
  joinActing,
  joinGrant,
  joinPerson,
  joinSessionClient,
  toGrant,
  toPerson,
  toSession,
} from './columns.ts';
import type {
  AccountCandidate,
  ChoiceFacts,
  GrantFacts,
  PersonFacts,
  SessionClient,
  SessionFacts,
} from './facts.ts';

export interface ClientChoice {
  clientId: string;
  subsystemCode: string | undefined;
  /** The account asked for by the request, when it names one. */
  wantedAccountId: string | undefined;
}

/** The candidates at one subsystem: the wanted, the portal's and the current one first, four at most. */
const candidatesText = (accountId: string, preferred: string): string => `
(select jsonb_agg(jsonb_build_object('id', x.id, 'role', x.role)) from (
  select c.id, c.role from binding cb
  join subsystem_account c on c.id = cb.subsystem_account_id and c.account_id = cb.account_id
  where cb.account_id = ${accountId} and c.subsystem_code = $3 and c.status = 'active'
  order by c.id = any(${preferred}) desc, c.id limit 4) x) as candidates`;

const SESSION_TEXT = `
select ${SESSION}, ${GRANT}, ${PERSON}, ${ACTING}, g.id as grant_id,
  sc.subsystem_account_id as last_account,
  case when sc.next_account_until > now() then sc.next_account_id end as next_account,
  (select jsonb_object_agg(k.client_id, jsonb_strip_nulls(jsonb_build_object('sid', k.sid, 'grantId', k.grant_id,
     'persistsLogout', nullif(k.persists_logout, false)))) from oidc_session_client k where k.session_uid = s.uid and k.grant_id is not null) as clients,
  ${candidatesText('p.id', 'array[$4, sc.next_account_id, sc.subsystem_account_id]::text[]')}
from oidc_session s
${JOIN_IMPERSONATION}
${joinSessionClient('$2')}
${joinGrant('sc.grant_id')}
${joinPerson('coalesce(s.account_id, im.account_id)')}
${joinActing('sa', 'g.subsystem_account_id')}
where s.id_digest = $1 and (s.expires_at > now()) is true`;

interface SessionReadRow extends SessionRow, GrantRow, PersonRow, ActingRow {
  grant_id: string | null;
  next_account: string | null;
  last_account: string | null;
  clients: Record<string, SessionClient> | null;
  candidates: AccountCandidate[] | null;
}

export interface SessionRead {
  session: SessionFacts;
  grant: GrantFacts | undefined;
  grantId: string | undefined;
  person: PersonFacts | undefined;
  choice: ChoiceFacts;
}

/** A browser's session with the person, the grant at this client, and the accounts to choose from. */
export async function readSession(
  reader: Reader,
  digest: Buffer,
  client: ClientChoice,
): Promise<SessionRead | undefined> {
  const [row] = await reader.read<SessionReadRow>(SESSION_TEXT, [
    digest,
    client.clientId,
    client.subsystemCode ?? null,
    client.wantedAccountId ?? null,
  ]);
  const session = row && toSession(row, row.clients ?? {});
  if (!row || !session) return undefined;
  return {
    session,
    grant: toGrant(row),
    grantId: row.grant_id ?? undefined,
    person: toPerson(row),
    choice: {
      candidates: row.candidates ?? [],
      nextAccountId: row.next_account ?? undefined,
      currentAccountId: row.last_account ?? undefined,
    },
  };
}

const PERSON_TEXT = `
select ${PERSON}, ${candidatesText('p.id', 'array[$2]::text[]')}
from (select $1::uuid as id) wanted ${joinPerson('wanted.id')}`;

/** The person and their accounts at this client, for a sign-in that has no session row yet. */
export async function readPerson(
  reader: Reader,
  accountId: string,
  client: ClientChoice,
): Promise<{ person: PersonFacts | undefined; choice: ChoiceFacts }> {
  const [row] = await reader.read<PersonRow & { candidates: AccountCandidate[] | null }>(PERSON_TEXT, [
    accountId,
    client.wantedAccountId ?? null,
    client.subsystemCode ?? null,
  ]);
  return {
    person: row && toPerson(row),
    choice: { candidates: row?.candidates ?? [], nextAccountId: undefined, currentAccountId: undefined },
  };
}

const SESSION_BY_UID_TEXT = `
select ${SESSION}, (select jsonb_object_agg(k.client_id, jsonb_strip_nulls(jsonb_build_object('sid', k.sid,
  'grantId', k.grant_id))) from oidc_session_client k where k.session_uid = s.uid and k.grant_id is not null) as clients
from oidc_session s ${JOIN_IMPERSONATION} where s.uid = $1 and (s.expires_at > now()) is true`;

export async function readSessionByUid(reader: Reader, uid: string): Promise<SessionFacts | undefined> {
  const [row] = await reader.read<SessionRow & { clients: Record<string, SessionClient> | null }>(
    SESSION_BY_UID_TEXT,
    [uid],
  );
  return row && toSession(row, row.clients ?? {});
}

const GRANT_TEXT = `
select ${GRANT}, ${PERSON}, ${ACTING} from oidc_grant g
${joinPerson('g.account_id')} ${joinActing('sa', 'g.subsystem_account_id')}
where g.id = $1`;

export async function readGrant(reader: Reader, id: string): Promise<GrantFacts | undefined> {
  const [row] = await reader.read<GrantRow & PersonRow & ActingRow>(GRANT_TEXT, [id]);
  return row && toGrant(row);
}
