import type { RecordViews, RowsForm } from '#templates/views/records.ts';
import { hasRow, rowField, splitRowField, valuesOfRow } from '../groups.ts';
import type { Labels } from '../labels.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Field, FullRecord, Group, RecordKind } from '../types.ts';
import { type FormShown, formField } from './form.ts';
import { showValue } from './value.ts';

/** The rows of each group as a form asks them. */
export function rowsForm(shown: FormShown): RowsForm[] {
  const { kind, labels, locale, typed } = shown;
  return kind.groups.map((group) => {
    const count = countShown(group, typed);
    const asked = Object.entries(group.fields).filter(([name]) => name !== group.preset);
    return {
      name: group.name,
      label: labels.text(locale, `part.${group.name}`),
      hint: labels.has(`part.${group.name}.hint`) ? labels.text(locale, `part.${group.name}.hint`) : '',
      columns: asked.map(([name]) => labels.text(locale, name)),
      count,
      rows: Array.from({ length: count }, (_, at) => ({
        label: rowLabel(labels, locale, group, at),
        fields: asked.map(([name, of]) =>
          formField(shown, rowField(group.name, at, name), inForm(group, at, of)),
        ),
        remove: group.preset === undefined ? `remove.${group.name}.${at}` : '',
      })),
      add: group.preset === undefined && count < group.most ? `add.${group.name}` : '',
    };
  });
}

const inForm = (group: Group, at: number, of: Field): Field => ({
  ...of,
  when: of.when && { ...of.when, field: rowField(group.name, at, of.when.field) },
});

/** As many rows as were asked for, as hold something, and one to begin with. */
function countShown(group: Group, typed: Readonly<Record<string, unknown>>): number {
  if (group.preset !== undefined) return group.most;
  const asked = Number(typed[`rows.${group.name}`] ?? 1) || 1;
  const filled = Array.from({ length: group.most }, (_, at) => at).findLast((at) => hasRow(group, at, typed));
  return Math.min(group.most, Math.max(asked, (filled ?? -1) + 1, 1));
}

/** The rows of each group as a record shows them; a group without any is left out. */
export function rowTables(
  kind: RecordKind,
  labels: Labels,
  locale: Locale,
  { values, units }: Pick<FullRecord, 'values' | 'units'>,
): RecordViews['mch-app/record']['tables'] {
  return kind.groups.flatMap((group) => {
    const asked = Object.entries(group.fields).filter(([name]) => name !== group.preset);
    const rows = Array.from({ length: group.most }, (_, at) => at)
      .filter((at) => hasRow(group, at, values))
      .map((at) => {
        const said = valuesOfRow(group, at, values);
        return {
          label: rowLabel(labels, locale, group, at),
          cells: asked.map(([name, of]) => ({
            label: labels.text(locale, name),
            text: showValue(labels, locale, name, of, said[name] ?? null, units),
          })),
        };
      });
    if (rows.length === 0) return [];
    const label = labels.text(locale, `part.${group.name}`);
    return [{ name: group.name, label, columns: asked.map(([name]) => labels.text(locale, name)), rows }];
  });
}

/** What a row is called: the choice it is for, or its number. */
export function rowLabel(labels: Labels, locale: Locale, group: Group, at: number): string {
  const { preset } = group;
  const code = preset === undefined ? undefined : group.fields[preset]?.options[at];
  return code === undefined
    ? labels.text(locale, 'row', { no: at + 1 })
    : labels.text(locale, `${preset}.${code}`);
}

/** What a field is called in messages and in the history, one of a row with its row. */
export function fieldLabel(kind: RecordKind, labels: Labels, locale: Locale, field: string): string {
  const of = splitRowField(field);
  const group = of && kind.groups.find(({ name }) => name === of.group);
  if (!of || !group) return labels.has(field) ? labels.text(locale, field) : '';
  return `${rowLabel(labels, locale, group, of.at)} ${labels.text(locale, of.name)}`;
}
