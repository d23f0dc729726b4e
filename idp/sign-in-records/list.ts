import { DAY, after } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { hourChart } from '#templates/charts/hours.ts';
import { translate } from '#templates/locales.ts';
import { maskName } from '../accounts/index.ts';
import type { ConsoleList, ListColumn } from '../console-lists/index.ts';
import type { Deed } from '../permissions/index.ts';
import { deviceText, reasonKey } from '../sessions/index.ts';
import { lastHours, resultOf } from './policy.ts';
import {
  FILTERS,
  type Filter,
  type Kind,
  type Period,
  countByHour,
  countRecords,
  listRecords,
} from './store.ts';
import type { SignInRecord, SignInRecordDeps } from './types.ts';

export const PATHS: Record<Kind, string> = {
  entry: '/console/sign-ins',
  subsystem: '/console/subsystem-sign-ins',
};
const DEEDS: Record<Kind, [Deed, Deed]> = {
  entry: ['sign_ins.read', 'sign_ins.export'],
  subsystem: ['subsystem_sign_ins.read', 'subsystem_sign_ins.export'],
};
const DATE = /^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const RESULTS = ['success', 'failed', 'locked'];
const TONES = { success: 'success', failed: 'warning', locked: 'error' } as const;
const key = (name: string): string => `console-sign-ins.${name}`;

type Column = ListColumn<'at', SignInRecord>;

/** P-45 and P-46: who signed in, or entered a subsystem, when, from where, and what came of it. */
export function signInList(deps: SignInRecordDeps, kind: Kind): ConsoleList<Filter, 'at', SignInRecord> {
  const { db, registry } = deps;
  const [deed, exportDeed] = DEEDS[kind];
  const isEntry = kind === 'entry';
  const anyText = Object.fromEntries(FILTERS.map((name) => [name, {}])) as Record<Filter, object>;
  const subsystems = (locale: Locale) =>
    registry
      .list()
      .flatMap(({ subsystem }) =>
        subsystem ? [{ value: subsystem.code, label: subsystem.name[locale] }] : [],
      );
  return {
    definition: {
      name: isEntry ? 'sign-ins' : 'subsystem-sign-ins',
      filters: {
        ...anyText,
        from: { pattern: DATE },
        to: { pattern: DATE },
        unit: { pattern: /^[0-9A-Za-z]{1,10}$/ },
        result: { pattern: new RegExp(`^(${RESULTS.join('|')})$`) },
        ip: { pattern: /^[0-9A-Fa-f.:]{2,45}$/ },
        system: { pattern: /^[a-z][a-z0-9_-]*$/ },
        account: { pattern: /^[0-9A-Za-z@_]{1,40}$/ },
      },
      sorts: ['at'],
      defaultSort: 'at',
      defaultDescending: true,
    },
    path: PATHS[kind],
    area: isEntry ? 'console-sign-ins' : 'console-subsystem-sign-ins',
    deed,
    exportDeed,
    fields: [
      { name: 'from', key: key('from'), kind: 'date' },
      { name: 'to', key: key('to'), kind: 'date' },
      { name: 'unit', key: 'console-people.unit-code', kind: 'text' },
      { name: 'login', key: 'console-people.login', kind: 'text' },
      ...(isEntry
        ? []
        : [
            {
              name: 'system' as const,
              key: 'console-people.system',
              kind: 'select' as const,
              options: subsystems,
            },
            { name: 'account' as const, key: 'console-person.account-id', kind: 'text' as const },
          ]),
      {
        name: 'result',
        key: key('result'),
        kind: 'select',
        options: (locale) =>
          RESULTS.map((value) => ({ value, label: translate(locale, key(`result-${value}`)) })),
      },
      { name: 'ip', key: key('ip'), kind: 'text' },
    ],
    columns: isEntry ? entryColumns() : subsystemColumns(deps),
    async load(scope, limit) {
      const rows = await listRecords(db, kind, scope, periodOf(scope.request.filters), limit);
      return rows.map((row) => ({ ...row, result: resultOf(row) }));
    },
    count: (scope, upTo) => countRecords(db, kind, scope, periodOf(scope.request.filters), upTo),
    async chart(scope, locale) {
      const hours = lastHours(deps.clock());
      const since = hours[0] ?? deps.clock();
      const counts = await countByHour(db, kind, scope, since);
      const of = (hour: Date) => counts.find((count) => count.hour.getTime() === hour.getTime());
      const buckets = hours.map((hour) => ({
        hour,
        succeeded: of(hour)?.succeeded ?? 0,
        failed: of(hour)?.failed ?? 0,
      }));
      return hourChart(buckets, locale);
    },
  };
}

/** Days are whole, in Taipei; the last one is included. */
function periodOf({ from, to }: Partial<Record<Filter, string>>): Period {
  const start = (day: string) => new Date(`${day}T00:00:00+08:00`);
  return {
    ...(from !== undefined && { from: start(from) }),
    ...(to !== undefined && { to: after(start(to), DAY) }),
  };
}

function entryColumns(): Column[] {
  return [time(), login(), name(), unit(), result(), reason(), address(), device()];
}

function subsystemColumns({ registry }: SignInRecordDeps): Column[] {
  return [
    time(),
    {
      name: 'system',
      key: 'console-people.system',
      cell: ({ subsystemCode }, locale) => ({
        text: registry.subsystem(subsystemCode ?? '')?.shortName[locale] ?? subsystemCode ?? '',
      }),
    },
    {
      name: 'account',
      key: 'console-person.account-id',
      cell: ({ subsystemAccountId }) => ({ text: subsystemAccountId ?? '' }),
    },
    login(),
    name(),
    unit(),
    result(),
    reason(),
    address(),
    device(),
  ];
}

const time = (): Column => ({ name: 'at', key: key('at'), sort: 'at', cell: ({ at }) => ({ at }) });
const login = (): Column => ({
  name: 'login',
  key: 'console-people.login',
  // a name nobody has is never kept: it may be a password typed into the wrong field
  cell: ({ loginName }) => (loginName === null ? { textKey: key('nobody') } : { text: loginName }),
});
const name = (): Column => ({
  name: 'name',
  key: 'console-people.name',
  cell: (row) => ({ text: row.name ?? '' }),
  exported: (row) => ({ text: maskName(row.name ?? '') }),
});
const unit = (): Column => ({
  name: 'unit',
  key: 'console-people.unit',
  cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || (row.unitName ?? '') }),
});
const result = (): Column => ({
  name: 'result',
  key: key('result'),
  cell: (row) => ({ textKey: key(`result-${row.result}`), tone: TONES[row.result] }),
});
const reason = (): Column => ({
  name: 'reason',
  key: key('reason'),
  cell: (row, locale) => (row.reason === null ? { text: '' } : { textKey: reasonKey(locale, row.reason) }),
});
const address = (): Column => ({ name: 'ip', key: key('ip'), cell: ({ ip }) => ({ text: ip ?? '' }) });
const device = (): Column => ({
  name: 'device',
  key: key('device'),
  cell: ({ userAgent }, locale) => ({ text: deviceText(locale, userAgent) }),
});
