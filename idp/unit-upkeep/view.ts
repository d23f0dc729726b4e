import type { Locale } from '#kit/http/locale.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { Fact, Tone } from '#templates/views/console.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { type ConsoleCaller, reachOf, reachesUnit } from '../permissions/index.ts';
import { UNIT_KINDS, UNIT_LEVELS, type UnitManager, unitKindLabel, unitLevelLabel } from '../units/index.ts';
import type { UpkeepDeps } from './deps.ts';
import { statusCell } from './list.ts';
import { ALL_FIELDS, type ValueFault } from './policy.ts';
import type { UnitEvent } from './store/history.ts';
import { placeName, townChoices } from './towns.ts';
import type { SubsystemUse, UnitField, UnitUse, UnitValues, WholeUnit } from './types.ts';

const FIELD_KEYS: Record<UnitField, string> = {
  name: 'console-unit.name',
  nameEn: 'console-unit.name-en',
  kind: 'console-unit.kind',
  town: 'console-unit.place',
  address: 'console-unit.address',
  phone: 'console-unit.phone',
  email: 'console-unit.email',
  level: 'console-unit.level',
};

const TONES: Record<SubsystemUse['status'], Tone> = {
  active: 'success',
  pending: 'info',
  suspended: 'warning',
  disabled: 'neutral',
};

export const unitName = (unit: Pick<WholeUnit, 'name' | 'nameEn'>, locale: Locale): string =>
  locale === 'en' ? unit.nameEn || unit.name : unit.name;

interface Shown {
  unit: WholeUnit;
  use: UnitUse;
  managers: UnitManager[];
  events: UnitEvent[];
  /** Managers, used and allowed; '' is the single entry itself. */
  quotas: { subsystemCode: string; used: number; limit: number }[];
}

export function unitView(
  registry: UpkeepDeps['registry'],
  caller: ConsoleCaller,
  { unit, use, managers, events, quotas }: Shown,
  locale: Locale,
): Views['idp/console-unit'] {
  const { code } = unit;
  const here = `/console/units/${code}`;
  const label = (subsystem: string) => registry.subsystem(subsystem)?.manifest.shortName[locale] ?? subsystem;
  const may = (deed: Parameters<typeof reachOf>[1]): boolean => {
    const reach = reachOf(caller, deed);
    return reach !== undefined && reachesUnit(reach, code);
  };
  const isOpen = unit.status === 'active';
  return {
    code,
    name: unitName(unit, locale),
    facts: factsOf(unit, locale),
    people: [
      { key: 'console-unit.active-accounts', text: String(use.activeAccounts) },
      { key: 'console-unit.disabled-accounts', text: String(use.disabledAccounts) },
      { key: 'console-unit.waiting', text: String(use.waiting) },
    ],
    managers: managers.map(({ name, phone, email }) => ({ name, phone, email })),
    quotas: quotas.map(({ subsystemCode, used, limit }) => ({
      label: subsystemCode === '' ? translate(locale, 'console-unit.portal') : label(subsystemCode),
      used,
      limit,
    })),
    subsystems: use.subsystems.map(({ subsystemCode, role, status, count }) => ({
      label: label(subsystemCode),
      role: roleLabel(registry, subsystemCode, role, locale),
      key: `console-unit.${status}`,
      tone: TONES[status],
      count,
    })),
    history: events.map(({ at, type, name, reason }) => {
      const key = `console-unit.${type.replaceAll(/[._]/g, '-')}`;
      const known = hasText(locale, key) ? key : 'console-unit.unit-other';
      return { at, who: name ?? '', key: known, note: reason };
    }),
    tools: [
      ...(may('units.change_contact') ? [{ key: 'console-unit.edit', url: `${here}/edit` }] : []),
      ...(may('units.entitle') && isOpen
        ? [{ key: 'console-unit.entitle', url: `${here}/entitlements` }]
        : []),
      ...(may('units.merge') && isOpen ? [{ key: 'console-unit.merge', url: `${here}/merge` }] : []),
      ...(may('units.close') && isOpen ? [{ key: 'console-unit.close', url: `${here}/closure` }] : []),
      ...(may('units.close') && !isOpen && unit.mergedInto === null
        ? [{ key: 'console-unit.reopen', url: `${here}/reopening` }]
        : []),
    ],
  };
}

function factsOf(unit: WholeUnit, locale: Locale): Fact[] {
  const facts: Fact[] = [
    { key: 'console-unit.status', ...statusCell(unit.status) },
    { key: 'console-unit.name', text: unit.name },
    { key: 'console-unit.name-en', text: unit.nameEn === unit.name ? '' : unit.nameEn, lang: 'en' },
    { key: 'console-unit.kind', text: unitKindLabel(unit.kind, locale) },
    { key: 'console-unit.place', text: placeName(unit.county, unit.town, locale) },
    { key: 'console-unit.address', text: unit.address },
    { key: 'console-unit.phone', text: unit.phone },
    { key: 'console-unit.email', text: unit.email },
    { key: 'console-unit.level', text: unitLevelLabel(unit.level, locale) },
  ];
  if (unit.mergedInto !== null) {
    facts.push({
      key: 'console-unit.merged-into',
      text: unit.mergedInto,
      url: `/console/units/${unit.mergedInto}`,
    });
  }
  return [
    ...facts.filter(({ text, textKey }) => textKey !== undefined || text !== ''),
    { key: 'console-unit.changed', at: unit.changedAt },
  ];
}

function roleLabel(
  registry: UpkeepDeps['registry'],
  subsystem: string,
  role: string,
  locale: Locale,
): string {
  const roles = registry.subsystem(subsystem)?.manifest.roles ?? [];
  return roles.find(({ code }) => code === role)?.label[locale] ?? role;
}

export interface Form {
  unit: WholeUnit;
  fields: readonly UnitField[];
  version: number;
  values: UnitValues;
  was: UnitValues;
  changed?: { field: UnitField; before: string; after: string }[];
  reason?: string;
  errors?: FieldError[];
}

export function editView(form: Form, locale: Locale): Views['idp/console-unit-edit'] {
  const { unit, fields, version, values, was, changed = [], reason = '', errors = [] } = form;
  const here = `/console/units/${unit.code}`;
  return {
    code: unit.code,
    action: `${here}/edit`,
    cancelUrl: here,
    whole: fields.includes('name'),
    version,
    values,
    was: ALL_FIELDS.map((name) => ({ name, value: was[name] })),
    kinds: UNIT_KINDS.map(({ code }) => ({
      ...{ value: code, label: unitKindLabel(code, locale), selected: code === values.kind },
    })),
    towns: townChoices(values.town, locale),
    levels: UNIT_LEVELS.map(({ code }) => ({
      ...{ value: code, label: unitLevelLabel(code, locale), selected: code === values.level },
    })),
    changes: changed.map(({ field, before, after }) => ({
      key: FIELD_KEYS[field],
      before: shown(field, before, locale),
      after: shown(field, after, locale),
    })),
    reason,
    errors,
  };
}

function shown(field: UnitField, value: string, locale: Locale): string {
  if (field === 'kind') return unitKindLabel(value, locale);
  if (field === 'level') return unitLevelLabel(value, locale);
  return field === 'town' ? placeName(value.slice(0, 5), value, locale) : value;
}

export function faultErrors(faults: ValueFault[]): FieldError[] {
  return faults.map(({ field, why }) => ({ field, key: `console-unit-edit.fault-${why}` }));
}
