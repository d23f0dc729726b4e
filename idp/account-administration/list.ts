import { MINUTE, after } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import {
  accountStanding,
  maskName,
  maskNationalId,
  nationalIdIndexes,
  openNationalId,
} from '../accounts/index.ts';
import { PASSWORD_THROTTLE, lockedNames } from '../authenticators/index.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { administrationRefusal } from './policy.ts';
import {
  type Facts,
  FILTERS,
  type Filter,
  type Sort,
  countAccounts,
  listAccounts,
  listLatelyLocked,
} from './store/list.ts';
import type { AccountAdministrationDeps, ListedAccount, ShownStatus } from './types.ts';

export const ACCOUNTS = '/console/accounts';
const ROLES = ['user', 'unit_manager', 'hpa_admin', 'platform_ops'];
const STATUSES: ShownStatus[] = ['active', 'disabled', 'expired', 'locked'];
const TONES = { active: 'success', disabled: 'neutral', expired: 'warning', locked: 'error' } as const;

/** P-44: accounts of the own unit, or of all. */
export function accountList(deps: AccountAdministrationDeps): ConsoleList<Filter, Sort, ListedAccount> {
  const { db, clock, keyring, registry } = deps;
  const anyText = Object.fromEntries(FILTERS.map((name) => [name, {}])) as Record<Filter, object>;
  return {
    definition: {
      name: 'accounts',
      filters: {
        ...anyText,
        unit: { pattern: /^[0-9A-Za-z]{1,10}$/ },
        national_id: { pattern: /^\s*\p{L}[\p{L}\p{N}]\p{N}{8}\s*$/u },
        role: { pattern: oneOf(ROLES) },
        status: { pattern: oneOf(STATUSES) },
        system: { pattern: /^[a-z][a-z0-9_-]*$/ },
      },
      sorts: ['login', 'name', 'unit'],
      defaultSort: 'login',
    },
    path: ACCOUNTS,
    area: 'console-people',
    deed: 'accounts.read',
    exportDeed: 'accounts.export',
    fields: [
      { name: 'unit', key: 'console-people.unit-code', kind: 'text' },
      { name: 'unit_name', key: 'console-people.unit', kind: 'text' },
      { name: 'login', key: 'console-people.login', kind: 'text' },
      { name: 'name', key: 'console-people.name', kind: 'text' },
      { name: 'email', key: 'console-people.email', kind: 'text' },
      { name: 'national_id', key: 'console-people.national-id', kind: 'text' },
      { name: 'role', key: 'console-people.role', kind: 'select', options: optionsOf('role', ROLES) },
      {
        name: 'status',
        key: 'console-people.status',
        kind: 'select',
        options: optionsOf('status', STATUSES),
      },
      { name: 'system', key: 'console-people.system', kind: 'select', options: subsystemOptions(registry) },
    ],
    columns: [
      {
        name: 'unit',
        key: 'console-people.unit-code',
        sort: 'unit',
        cell: (row) => ({ text: row.unitCode }),
      },
      {
        name: 'unit_name',
        key: 'console-people.unit',
        cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || row.unitName }),
      },
      {
        name: 'role',
        key: 'console-people.role',
        cell: ({ role }) => ({ textKey: `console-people.role-${role}` }),
      },
      { name: 'login', key: 'console-people.login', sort: 'login', cell: (row) => ({ text: row.loginName }) },
      {
        name: 'name',
        key: 'console-people.name',
        sort: 'name',
        cell: (row) => ({ text: row.name }),
        exported: (row) => ({ text: maskName(row.name) }),
      },
      {
        name: 'status',
        key: 'console-people.status',
        cell: ({ status }) => ({ textKey: `console-people.status-${status}`, tone: TONES[status] }),
      },
      { name: 'last', key: 'console-people.last', cell: (row) => lastSignIn(row) },
      {
        name: 'change',
        key: 'console-people.change',
        cell: (row) => deedCell(row, 'change'),
        exported: null,
      },
      {
        name: 'delete',
        key: 'console-people.delete',
        cell: (row) => deedCell(row, 'resignation'),
        exported: null,
      },
    ],
    exportColumns: [
      {
        name: 'national_id',
        key: 'console-people.national-id',
        cell: (row) => ({ text: maskNationalId(openNationalId(keyring, row.nationalIdSealed, row.id)) }),
      },
    ],
    rowUrl: (row) => `${ACCOUNTS}/${row.id}`,
    rowLabel: (row) => row.loginName,
    tools: [{ key: 'console-people.add', url: `${ACCOUNTS}/creation`, deed: 'accounts.create' }],
    bulk: {
      action: `${ACCOUNTS}/bulk`,
      deeds: [
        { name: 'disabling', key: 'console-people.disable', deed: 'accounts.disable' },
        { name: 'unlocking', key: 'console-people.unlock', deed: 'accounts.unlock' },
      ],
      isSelectable: (row) => row.mayChange,
    },
    async load(scope, limit) {
      const rows = await listAccounts(db, scope, await factsFor(deps, scope.request.filters), limit);
      const now = clock();
      const names = rows.map((row) => row.loginName);
      const locked = await lockedNames(db, keyring, PASSWORD_THROTTLE, names, now);
      return rows.map((row) => ({
        ...row,
        status: shownStatus(row, locked.has(row.loginName), now),
        mayChange: administrationRefusal(scope.caller, scope.reach, row) === undefined,
      }));
    },
    count: async (scope, upTo) => countAccounts(db, scope, await factsFor(deps, scope.request.filters), upTo),
  };
}

/** The way to the deed, or that there is none for the caller. */
function deedCell(row: ListedAccount, name: 'change' | 'resignation') {
  if (!row.mayChange) return { textKey: 'console-people.no-right' };
  if (name === 'resignation' && row.status === 'disabled') return { text: '' };
  const textKey = name === 'change' ? 'console-people.change' : 'console-people.delete';
  return { textKey, url: `${ACCOUNTS}/${row.id}/${name}`, about: row.loginName };
}

function lastSignIn({ lastSignInAt }: ListedAccount) {
  return lastSignInAt ? { at: lastSignInAt } : { textKey: 'console-people.never' };
}

/** What an account is at `now`. */
export function shownStatus(
  account: Parameters<typeof accountStanding>[0],
  isLocked: boolean,
  now: Date,
): ShownStatus {
  const standing = accountStanding(account, now);
  if (standing === 'account_disabled') return 'disabled';
  if (standing === 'account_expired') return 'expired';
  return isLocked ? 'locked' : 'active';
}

async function factsFor(
  { db, clock, keyring }: AccountAdministrationDeps,
  filters: Partial<Record<Filter, string>>,
): Promise<Facts> {
  const nationalId = filters.national_id;
  return {
    nationalIdIndexes: nationalId === undefined ? undefined : nationalIdIndexes(keyring, nationalId),
    lockedIds: filters.status === 'locked' ? await lockedIds({ db, clock, keyring }) : [],
  };
}

/** The lock is kept under a digest of the name alone; the audit trail says whose it may be. */
async function lockedIds({
  db,
  clock,
  keyring,
}: Pick<AccountAdministrationDeps, 'db' | 'clock' | 'keyring'>) {
  const now = clock();
  const lately = await listLatelyLocked(db, after(now, -PASSWORD_THROTTLE.lockMs - MINUTE));
  const names = lately.map(({ loginName }) => loginName);
  const locked = await lockedNames(db, keyring, PASSWORD_THROTTLE, names, now);
  return lately.filter(({ loginName }) => locked.has(loginName)).map(({ id }) => id);
}

function oneOf(values: string[]): RegExp {
  return new RegExp(`^(${values.join('|')})$`);
}

const optionsOf = (what: 'role' | 'status', values: string[]) => (locale: Locale) =>
  values.map((value) => ({ value, label: translate(locale, `console-people.${what}-${value}`) }));

/** Every subsystem by its name. */
export function subsystemOptions(registry: Pick<ClientRegistry, 'list'>) {
  return (locale: Locale) =>
    registry
      .list()
      .flatMap(({ subsystem }) =>
        subsystem ? [{ value: subsystem.code, label: subsystem.name[locale] }] : [],
      );
}
