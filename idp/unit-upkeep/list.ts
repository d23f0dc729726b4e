import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import { COUNTIES, UNIT_KINDS, unitKindLabel } from '../units/index.ts';
import { countUnits, listUnits } from './store/list.ts';
import { countyName, placeName, townCodesOf } from './towns.ts';
import type { UnitFilter, UnitRow, UnitSort } from './types.ts';

type UnitList = ConsoleList<UnitFilter, UnitSort, UnitRow>;

/** M-37: units within the caller's reach. */
export function unitList(db: Db): UnitList {
  const townsOf = (town: string | undefined) => (town === undefined ? undefined : townCodesOf(town));
  return {
    definition: {
      name: 'units',
      filters: {
        code: { pattern: /^[0-9A-Za-z]{1,10}$/ },
        name: {},
        kind: { pattern: /^[a-z_]{1,40}$/ },
        county: { pattern: /^\d{5}$/ },
        town: { max: 40 },
        status: { pattern: /^(active|closed)$/ },
      },
      sorts: ['code', 'name', 'changed'],
      defaultSort: 'code',
    },
    path: '/console/units',
    area: 'console-units',
    deed: 'units.read',
    exportDeed: 'units.export',
    fields: [
      { name: 'code', key: 'console-units.code', kind: 'text' },
      { name: 'name', key: 'console-units.name', kind: 'text' },
      {
        name: 'kind',
        key: 'console-units.kind',
        kind: 'select',
        options: (locale) =>
          UNIT_KINDS.map(({ code }) => ({ value: code, label: unitKindLabel(code, locale) })),
      },
      {
        name: 'county',
        key: 'console-units.county',
        kind: 'select',
        options: (locale) => COUNTIES.map(({ code }) => ({ value: code, label: countyName(code, locale) })),
      },
      { name: 'town', key: 'console-units.town', kind: 'text' },
      {
        name: 'status',
        key: 'console-units.status',
        kind: 'select',
        options: (locale) =>
          (['active', 'closed'] as const).map((value) => ({
            value,
            label: translate(locale, `console-units.${value}`),
          })),
      },
    ],
    columns: [
      { name: 'code', key: 'console-units.code', sort: 'code', cell: ({ id }) => ({ text: id }) },
      {
        name: 'name',
        key: 'console-units.name',
        sort: 'name',
        cell: ({ name, nameEn }, locale) => ({ text: locale === 'en' ? nameEn || name : name }),
      },
      {
        name: 'kind',
        key: 'console-units.kind',
        cell: ({ kind }, locale) => ({ text: unitKindLabel(kind, locale) }),
      },
      {
        name: 'place',
        key: 'console-units.place',
        cell: ({ county, town }, locale) => ({ text: placeName(county, town, locale) }),
      },
      { name: 'status', key: 'console-units.status', cell: ({ status }) => statusCell(status) },
      {
        name: 'changed',
        key: 'console-units.changed',
        sort: 'changed',
        cell: ({ changedAt }) => ({ at: changedAt }),
      },
    ],
    load: (scope, limit) => listUnits(db, upper(scope), limit, townsOf(scope.request.filters.town)),
    count: (scope, upTo) => countUnits(db, upper(scope), upTo, townsOf(scope.request.filters.town)),
    rowUrl: ({ id }) => `/console/units/${id}`,
    tools: [{ key: 'console-units.import', url: '/console/unit-imports', deed: 'unit_imports.read' }],
  };
}

export function statusCell(status: UnitRow['status']) {
  return status === 'active'
    ? { textKey: 'console-units.active', tone: 'success' as const }
    : { textKey: 'console-units.closed', tone: 'neutral' as const };
}

/** Codes of agencies end in a capital. */
function upper<S extends Parameters<UnitList['load']>[0]>(scope: S): S {
  const { code } = scope.request.filters;
  if (code === undefined) return scope;
  const filters = { ...scope.request.filters, code: code.toUpperCase() };
  return { ...scope, request: { ...scope.request, filters } };
}
