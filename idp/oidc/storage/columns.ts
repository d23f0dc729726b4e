import type { AdapterPayload } from 'oidc-provider';
import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { HELPER_ROLES } from '../../impersonations/index.ts';
import type {
  ActingFacts,
  GrantFacts,
  ImpersonationFacts,
  PersonFacts,
  SessionClient,
  SessionFacts,
} from './facts.ts';

/**
 * Select lists and joins shared by the joined reads, and what their columns become.
 *
 * A lifetime is looked at once its row was found by its key: `(expires_at > now()) is true`. Bare, the row could be found
 * by the index of expiries: right for a plan made while nearly nothing was there, slower with each row that came since.
 */
export type Reader = Pick<Database<IdpTables>, 'read'>;

/**
 * A join to at most one row, made row by row through its index: the plan stays the same whether the tables hold
 * ten rows or ten million, whenever it was made.
 */
const one = (alias: string, select: string): string =>
  `left join lateral (${select} limit 1) ${alias} on true`;

export const GRANT = 'g.payload as grant_payload, g.subsystem_account_id as grant_account';

export const joinGrant = (grantId: string): string =>
  one('g', `select id, payload, subsystem_account_id from oidc_grant where id = ${grantId}`);

export const SESSION = `s.uid as session_uid, encode(s.id_digest, 'hex') as session_digest,
  s.payload as session_payload, s.active_at, s.expires_at as session_expires_at,
  s.impersonation_id, im.facts as impersonation`;

const ROLES = HELPER_ROLES.map((role) => `'${role}'`).join(', ');

/** What a session that is nobody's own rests on, only while it runs and the operator still may. */
export const JOIN_IMPERSONATION = one(
  'im',
  `select i.account_id, jsonb_build_object('id', i.id, 'clientId', i.client_id,
       'operator', jsonb_build_object('accountId', o.id, 'name', o.name),
       'subsystemAccountId', i.subsystem_account_id, 'until', i.ends_at) as facts
     from impersonation i join account o on o.id = i.operator_account_id
     where i.id = s.impersonation_id and i.status = 'running' and i.ends_at > now()
       and o.status = 'active' and (o.expires_at is null or o.expires_at > now()) and o.role in (${ROLES})`,
);

export const joinSession = (uid: string): string =>
  `${one(
    's',
    `select uid, id_digest, payload, active_at, expires_at, impersonation_id
     from oidc_session where uid = ${uid} and (expires_at > now()) is true`,
  )}
${JOIN_IMPERSONATION}`;

export const joinSessionClient = (clientId: string): string =>
  one(
    'sc',
    `select sid, grant_id, subsystem_account_id, next_account_id, next_account_until
     from oidc_session_client where session_uid = s.uid and client_id = ${clientId}`,
  );

export const PERSON = `
  p.id as person_id, p.login_name, p.name as person_name, p.email, p.phone, p.subjects`;

/** The person, only while the account is active. */
export const joinPerson = (accountId: string): string =>
  one(
    'p',
    `select id, login_name, name, email, phone,
       (select jsonb_object_agg(o.sector, o.subject) from pairwise_subject o where o.account_id = account.id) as subjects
     from account
     where id = ${accountId} and status = 'active' and (expires_at is null or expires_at > now())`,
  );

export const ACTING = `
  sa.id as acting_id, sa.binding, sa.role, sa.duty, sa.menu_roles, sa.subsystem_code,
  sa.unit_code, sa.unit_name, sa.unit_kind, sa.county, sa.town`;

/** A subsystem account, only while it is active, bound, and the person's own. */
export const joinActing = (alias: string, id: string): string =>
  one(
    alias,
    `select a.id, b.name as binding, a.role, a.duty, a.menu_roles, a.subsystem_code,
       u.code as unit_code, u.name as unit_name, u.kind as unit_kind, u.county, u.town
     from subsystem_account a
     join binding b on b.subsystem_account_id = a.id and b.account_id = a.account_id
     join unit u on u.code = a.unit_code
     where a.id = ${id} and a.account_id = p.id and a.status = 'active'`,
  );

export interface PersonRow {
  person_id: string | null;
  login_name: string;
  person_name: string;
  email: string;
  phone: string;
  subjects: Record<string, string> | null;
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
    subjects: row.subjects ?? {},
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
  impersonation_id: string | null;
  impersonation: (Omit<ImpersonationFacts, 'until'> & { until: string }) | null;
}

/** A grant lives only as long as its person and, where it is tied to one, its subsystem account. */
export function toGrant(row: GrantRow & PersonRow & ActingRow): GrantFacts | undefined {
  if (row.grant_payload === null || row.person_id === null) return undefined;
  const acting = toActing(row);
  if (row.grant_account !== null && !acting) return undefined;
  return { payload: row.grant_payload, subsystemAccountId: row.grant_account ?? undefined, acting };
}

export function toSession(row: SessionRow, clients: Record<string, SessionClient>): SessionFacts | undefined {
  const { impersonation_id, impersonation } = row;
  if (row.session_uid === null || (impersonation_id !== null && !impersonation)) return undefined;
  return {
    uid: row.session_uid,
    digest: row.session_digest,
    payload: row.session_payload,
    activeAt: row.active_at,
    expiresAt: row.session_expires_at,
    impersonation: impersonation ? { ...impersonation, until: new Date(impersonation.until) } : undefined,
    clients,
  };
}
