import type { NewRpSessionRow, RpSessionRow } from '#db/mch/tables.ts';
import type { Account, Act, KnownAccount, Notice, Session } from './types.ts';

export function toSession(row: RpSessionRow): Session {
  return {
    digest: row.id_digest,
    iss: row.iss,
    sub: row.sub,
    sid: row.sid,
    personName: row.person_name,
    account: {
      id: row.account_id,
      binding: row.binding,
      unit: {
        code: row.unit_code,
        name: row.unit_name,
        kind: row.unit_kind,
        county: row.unit_county,
        town: row.unit_town,
      },
      role: row.role,
      duty: row.duty,
      menuRoles: row.menu_roles,
    },
    knownAccounts: row.known_accounts as KnownAccount[],
    generation: row.generation,
    todosShown: row.todos_shown,
    tokensSealed: row.tokens_sealed,
    refreshedAt: row.refreshed_at,
    createdAt: row.created_at,
    activeAt: row.active_at,
    expiresAt: row.expires_at,
    ...(row.act === null || row.act === undefined ? {} : { act: row.act as Act }),
    ...(row.notice === null || row.notice === undefined ? {} : { notice: row.notice as Notice }),
  };
}

export function accountColumns(account: Account) {
  return {
    account_id: account.id,
    binding: account.binding,
    unit_code: account.unit.code,
    unit_name: account.unit.name,
    unit_kind: account.unit.kind,
    unit_county: account.unit.county,
    unit_town: account.unit.town,
    role: account.role,
    duty: account.duty,
    menu_roles: account.menuRoles,
  };
}

export function toRow(session: Session): NewRpSessionRow {
  return {
    id_digest: session.digest,
    iss: session.iss,
    sub: session.sub,
    sid: session.sid,
    person_name: session.personName,
    ...accountColumns(session.account),
    known_accounts: JSON.stringify(session.knownAccounts),
    generation: session.generation,
    todos_shown: session.todosShown,
    tokens_sealed: session.tokensSealed,
    refreshed_at: session.refreshedAt,
    notice: session.notice === undefined ? null : JSON.stringify(session.notice),
    act: session.act === undefined ? null : JSON.stringify(session.act),
    created_at: session.createdAt,
    active_at: session.activeAt,
    expires_at: session.expiresAt,
  };
}
