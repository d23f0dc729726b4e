import type { AdapterPayload } from 'oidc-provider';
import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import type { ActingFacts, GrantFacts, PersonFacts, SessionClient, SessionFacts } from './facts.ts';

/** Select lists and joins shared by the joined reads, and what their columns become. */
export type Reader = Pick<Database<IdpTables>, 'query'>;

export const GRANT = 'g.payload as grant_payload, g.subsystem_account_id as grant_account';
export const SESSION = `s.uid as session_uid, encode(s.id_digest, 'hex') as session_digest,
  s.payload as session_payload, s.active_at, s.expires_at as session_expires_at`;

export const PERSON = `
  p.id as person_id, p.login_name, p.name as person_name, p.email, p.phone`;

/** The person, only while the account is active. `$` stands for the joined account id. */
export const joinPerson = (accountId: string): string => `
  left join account p on p.id = ${accountId} and p.status = 'active' and (p.expires_at is null or p.expires_at > now())`;

export const ACTING = `
  sa.id as acting_id, b.name as binding, sa.role, sa.duty, sa.menu_roles,
  u.code as unit_code, u.name as unit_name, u.kind as unit_kind, u.county, u.town`;

/** The grant's subsystem account, only while it is active, bound, and the person's own. */
export const JOIN_ACTING = `
  left join (subsystem_account sa
    join binding b on b.subsystem_account_id = sa.id and b.account_id = sa.account_id
    join unit u on u.code = sa.unit_code)
    on sa.id = g.subsystem_account_id and sa.account_id = p.id and sa.status = 'active'`;

export interface PersonRow {
  person_id: string | null;
  login_name: string;
  person_name: string;
  email: string;
  phone: string;
}

export interface ActingRow {
  acting_id: string | null;
  binding: string;
  role: string;
  duty: string;
  menu_roles: string[];
  unit_code: string;
  unit_name: string;
  unit_kind: string;
  county: string;
  town: string;
}

export function toPerson(row: PersonRow): PersonFacts | undefined {
  if (row.person_id === null) return undefined;
  return {
    accountId: row.person_id,
    loginName: row.login_name,
    name: row.person_name,
    email: row.email,
    phone: row.phone,
  };
}

export function toActing(row: ActingRow): ActingFacts | undefined {
  if (row.acting_id === null) return undefined;
  return {
    id: row.acting_id,
    binding: row.binding,
    role: row.role,
    duty: row.duty,
    menuRoles: row.menu_roles,
    unit: {
      code: row.unit_code,
      name: row.unit_name,
      kind: row.unit_kind,
      county: row.county,
      town: row.town,
    },
  };
}

export interface GrantRow {
  grant_payload: AdapterPayload | null;
  grant_account: string | null;
}

export interface SessionRow {
  session_uid: string | null;
  session_digest: string;
  session_payload: AdapterPayload;
  active_at: Date;
  session_expires_at: Date;
}

/** A grant lives only as long as its person and, where it is tied to one, its subsystem account. */
export function toGrant(row: GrantRow & PersonRow & ActingRow): GrantFacts | undefined {
  if (row.grant_payload === null || row.person_id === null) return undefined;
  const acting = toActing(row);
  if (row.grant_account !== null && !acting) return undefined;
  return { payload: row.grant_payload, subsystemAccountId: row.grant_account ?? undefined, acting };
}

export function toSession(row: SessionRow, clients: Record<string, SessionClient>): SessionFacts | undefined {
  if (row.session_uid === null) return undefined;
  return {
    uid: row.session_uid,
    digest: row.session_digest,
    payload: row.session_payload,
    activeAt: row.active_at,
    expiresAt: row.session_expires_at,
    clients,
  };
}
