import { COUNTIES, findCounty, findTown } from '../units/index.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { maskName, nationalIdIndexes } from '../accounts/index.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import { reachOf } from '../permissions/index.ts';
import { manages } from './service/reach.ts';
import { administrationRefusal } from './policy.ts';
import {
  FILTERS,
  type Filter,
  type Sort,
  countAdministered,
  findNationalIdIndex,
  listAdministered,
} from './store/accounts.ts';
import type { AdministeredAccount, ListedSubsystemAccount, SubsystemAdministrationDeps } from './types.ts';

export const SUBSYSTEM_ACCOUNTS = '/console/subsystem-accounts';
const STATUSES = ['pending', 'active', 'suspended', 'disabled'];
export const TONES = {
  active: 'success',
  pending: 'info',
  suspended: 'warning',
  disabled: 'neutral',
} as const;

/** P-50: the subsystem accounts of the own unit, of the units one manages at a subsystem, or of all. */
export function subsystemAccountList(
  deps: SubsystemAdministrationDeps,
): ConsoleList<Filter, Sort, ListedSubsystemAccount> {
  const { db, keyring, registry } = deps;
  const anyText = Object.fromEntries(FILTERS.map((name) => [name, {}])) as Record<Filter, object>;
  const factsFor = ({ national_id: id }: Partial<Record<Filter, string>>) => ({
    nationalIdIndexes: id === undefined ? undefined : nationalIdIndexes(keyring, id),
  });
  const subsystems = () => registry.list().flatMap(({ subsystem }) => (subsystem ? [subsystem] : []));
  return {
    definition: {
      name: 'subsystem-accounts',
      filters: {
        ...anyText,
        county: { pattern: /^\d{5}$/ },
        town: { pattern: /^\d{8}$/ },
        unit: { pattern: /^[0-9A-Za-z]{1,10}$/ },
        account: { pattern: /^[0-9A-Za-z@_]{1,40}$/ },
        national_id: { pattern: /^\s*\p{L}[\p{L}\p{N}]\p{N}{8}\s*$/u },
        system: { pattern: /^[a-z][a-z0-9_-]*$/ },
        role: { pattern: /^[a-z][a-z0-9_-]*$/ },
        status: { pattern: new RegExp(`^(${STATUSES.join('|')})$`) },
      },
      sorts: ['account', 'name', 'unit'],
      defaultSort: 'unit',
    },
    path: SUBSYSTEM_ACCOUNTS,
    area: 'console-subsystem-accounts',
    deed: 'subsystem_accounts.read',
    exportDeed: 'subsystem_accounts.export',
    fields: [
      {
        name: 'county',
        key: 'enrollment.county',
        kind: 'select',
        options: (locale) => COUNTIES.map(option(locale)),
      },
      {
        name: 'town',
        key: 'enrollment.town',
        kind: 'select',
        options: (locale, _caller, { county }) => (findCounty(county ?? '')?.towns ?? []).map(option(locale)),
      },
      { name: 'unit', key: 'console-people.unit-code', kind: 'text' },
      { name: 'unit_name', key: 'console-people.unit', kind: 'text' },
      { name: 'account', key: 'console-person.account-id', kind: 'text' },
      { name: 'name', key: 'console-people.name', kind: 'text' },
      { name: 'national_id', key: 'console-people.national-id', kind: 'text' },
      {
        name: 'system',
        key: 'console-people.system',
        kind: 'select',
        options: (locale) => subsystems().map(({ code, name }) => ({ value: code, label: name[locale] })),
      },
      {
        name: 'role',
        key: 'console-person.subsystem-role',
        kind: 'select',
        options: (locale, _caller, { system }) =>
          subsystems()
            .filter(({ code }) => system === undefined || code === system)
            .flatMap(({ shortName, manifest }) =>
              manifest.roles.map((role) => ({
                value: role.code,
                label: `${shortName[locale]} ${role.label[locale]}`,
              })),
            ),
      },
      {
        name: 'status',
        key: 'console-people.status',
        kind: 'select',
        options: (locale) =>
          STATUSES.map((value) => ({ value, label: translate(locale, `console-person.status-${value}`) })),
      },
    ],
    columns: [
      {
        name: 'unit',
        key: 'console-people.unit-code',
        sort: 'unit',
        cell: (row) => ({ text: row.unitCode }),
      },
      {
        name: 'place',
        key: 'console-subsystem-accounts.place',
        cell: (row, locale) => ({ text: placeOf(row, locale) }),
      },
      {
        name: 'unit_name',
        key: 'console-people.unit',
        cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || row.unitName }),
      },
      {
        name: 'role',
        key: 'console-people.role',
        cell: (row, locale) => ({ text: roleText(deps, row, locale) }),
      },
      {
        name: 'account',
        key: 'console-person.account-id',
        sort: 'account',
        cell: (row) => ({ text: row.id }),
      },
      {
        name: 'name',
        key: 'console-people.name',
        sort: 'name',
        cell: (row) => ({ text: row.holderName }),
        exported: (row) => ({ text: maskName(row.holderName) }),
      },
      {
        name: 'status',
        key: 'console-people.status',
        cell: ({ status }) => ({ textKey: `console-person.status-${status}`, tone: TONES[status] }),
      },
      {
        name: 'change',
        key: 'console-people.change',
        cell: (row) =>
          row.mayChange
            ? { textKey: 'console-people.change', url: addressOf(row), about: row.id }
            : { textKey: 'console-people.no-right' },
        exported: null,
      },
    ],
    rowUrl: addressOf,
    rowLabel: (row) => row.id,
    bulk: {
      action: `${SUBSYSTEM_ACCOUNTS}/bulk`,
      deeds: [{ name: 'disabling', key: 'console-people.disable', deed: 'subsystem_accounts.change' }],
      isSelectable: (row) => row.mayChange && row.status === 'active',
    },
    async load(scope, limit) {
      const rows = await listAdministered(db, scope, factsFor(scope.request.filters), limit);
      const { caller } = scope;
      const actor = {
        accountId: caller.accountId,
        nationalIdIndex: await findNationalIdIndex(db, caller.accountId),
      };
      const reach = reachOf(caller, 'subsystem_accounts.change');
      return rows.map((row) => ({
        ...row,
        mayChange: reach !== undefined && !administrationRefusal(actor, reach, row, manages(registry, row)),
      }));
    },
    count: (scope, upTo) => countAdministered(db, scope, factsFor(scope.request.filters), upTo),
  };
}

/** Where the account is shown. */
export function addressOf({ id }: Pick<AdministeredAccount, 'id'>): string {
  return `${SUBSYSTEM_ACCOUNTS}/${encodeURIComponent(id)}`;
}

const option = (locale: Locale) => (place: { code: string; name: string; nameEn: string }) => ({
  value: place.code,
  label: locale === 'en' ? place.nameEn : place.name,
});

/** County and township in words. */
export function placeOf(
  { county, town }: Pick<AdministeredAccount, 'county' | 'town'>,
  locale: Locale,
): string {
  const label = option(locale);
  const parts = [findCounty(county), findTown(county, town)].flatMap((place) =>
    place ? [label(place).label] : [],
  );
  return locale === 'en' ? parts.toReversed().join(', ') : parts.join('');
}

function roleText(
  { registry }: SubsystemAdministrationDeps,
  { subsystemCode, role }: AdministeredAccount,
  locale: Locale,
): string {
  const subsystem = registry.subsystem(subsystemCode);
  const label = subsystem?.manifest.roles.find(({ code }) => code === role)?.label[locale] ?? role;
  return `${subsystem?.shortName[locale] ?? subsystemCode} ${label}`;
}
