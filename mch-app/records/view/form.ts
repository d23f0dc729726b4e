import type { Locale } from '#kit/http/locale.ts';
import type { FormField, FormPart } from '#templates/views/records.ts';
import { splitRowField } from '../groups.ts';
import { WHO } from '../who.ts';
import { IDENTITY_FIELDS } from '../identity.ts';
import { countyName } from '../parse.ts';
import type { UnitChoice } from '../service/units.ts';
import type { Labels } from '../labels.ts';
import type { Field, Finding, RecordKind } from '../types.ts';
import { fieldLabel } from './rows.ts';
import { countyOptions, townsByCounty } from './towns.ts';

type Typed = Readonly<Record<string, string | string[]>>;

export interface FormShown {
  kind: RecordKind;
  labels: Labels;
  locale: Locale;
  typed: Typed;
  findings: readonly Finding[];
  /** What the fields for units show, by their names. */
  units: ReadonlyMap<string, UnitChoice>;
}

/** The parts of a form with what was typed and what was found. */
export function formParts(shown: FormShown): FormPart[] {
  const { kind, labels, locale } = shown;
  const own = kind.parts.map(({ name, fields }) => ({
    name,
    label: labels.text(locale, `part.${name}`),
    fields: Object.entries(fields)
      .filter(([, of]) => !of.given)
      .map(([field, of]) => formField(shown, field, of)),
  }));
  return kind.subject === 'parent' ? own : [whoPart(shown), ...own];
}

function whoPart(shown: FormShown): FormPart {
  const { kind, labels, locale } = shown;
  const names = kind.subject === 'child' ? IDENTITY_FIELDS.child : IDENTITY_FIELDS.mother;
  return {
    name: 'who',
    label: labels.text(locale, 'part.who'),
    fields: names.map((name) => {
      const field = formField(shown, name, WHO[name]);
      if (name !== 'name' || kind.subject !== 'child') return field;
      // a newborn that has no name yet is called by its mother's
      return { ...field, required: false, hint: labels.text(locale, 'child_name.hint') };
    }),
  };
}

export function formField(shown: FormShown, name: string, of: Field): FormField {
  const { kind, labels, locale, typed, findings } = shown;
  const unit = shown.units.get(name);
  const own = splitRowField(name)?.name ?? name;
  const label = labels.text(locale, own);
  const said = typed[name] ?? (of.kind === 'flags' ? [] : '');
  const found = findings.find(({ field }) => field === name);
  const hint = hintOf(labels, own, of);
  const options =
    of.kind === 'town' ? [] : unit ? foundUnits(unit) : optionsOf(labels, locale, own, of, said);
  return {
    name,
    label,
    kind: of.kind,
    required: of.required,
    isDerived: of.derived !== undefined,
    value: of.derived
      ? derivedText(of, options, said, locale)
      : (unit?.line ?? (typeof said === 'string' ? said : '')),
    options,
    groups: of.kind === 'town' ? townsByCounty(locale, [said].flat()[0] ?? '') : [],
    ...(of.kind === 'town' && { county: countyOf(shown, name, [said].flat()[0] ?? '', label) }),
    hint: hint && labels.text(locale, hint),
    maxlength: of.kind === 'text' || of.kind === 'area' ? of.max : 0,
    when: of.when ? `${of.when.field}=${of.when.is.join('|')}` : '',
    error: found?.level === 'error' ? findingText(kind, labels, locale, found) : '',
    ...(unit && { isNotFound: unit.line !== '' && !unit.isKnown && unit.found.length === 0 }),
  };
}

const foundUnits = ({ found }: UnitChoice): FormField['options'] =>
  found.map((line) => ({ value: line, label: line, selected: found.length === 1 }));

/** What was worked out, in words. */
function derivedText(of: Field, options: FormField['options'], said: string | string[], locale: Locale) {
  const isChoice = of.kind === 'choice' || of.kind === 'flags' || of.kind === 'yes-no';
  if (!isChoice) return [said].flat().join('');
  const chosen = options.filter(({ selected }) => selected).map(({ label }) => label);
  return chosen.join(locale === 'en' ? ', ' : '、');
}

/** What a finding says, with the field's own name in it. */
export function findingText(
  kind: RecordKind,
  labels: Labels,
  locale: Locale,
  { field, key, params }: Finding,
): string {
  const label = fieldLabel(kind, labels, locale, field);
  const named = label === '' ? {} : { label };
  const others = Object.entries(params ?? {}).map(([name, value]) => [
    name,
    name === 'other' && labels.has(String(value)) ? labels.text(locale, String(value)) : value,
  ]);
  return labels.text(locale, `finding.${key}`, { ...named, ...(Object.fromEntries(others) as object) });
}

function hintOf(labels: Labels, name: string, of: Field): string | undefined {
  if (labels.has(`${name}.hint`)) return `${name}.hint`;
  return of.kind === 'weeks' || of.kind === 'unit' ? `${of.kind}.hint` : undefined;
}

function optionsOf(labels: Labels, locale: Locale, name: string, of: Field, said: string | string[]) {
  const chosen = [said].flat();
  const codes = of.kind === 'yes-no' ? ['yes', 'no'] : of.options;
  const key = (code: string): string => (of.kind === 'yes-no' ? `yes-no.${code}` : `${name}.${code}`);
  return codes.map((value) => ({
    value,
    label: labels.text(locale, key(value)),
    selected: chosen.includes(value),
  }));
}

/** The county chosen beside a township; where none was, that of the township. */
function countyOf(
  { labels, locale, typed }: FormShown,
  field: string,
  town: string,
  label: string,
): NonNullable<FormField['county']> {
  const name = countyName(field);
  const chosen = [typed[name] ?? ''].flat()[0] || town.slice(0, 5);
  return {
    name,
    label: labels.text(locale, 'county-of', { label }),
    options: countyOptions(locale, chosen),
  };
}
