import type { Locale } from '#kit/http/locale.ts';
import { formatDay } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { RecordViews } from '#templates/views/records.ts';
import { mergeFields } from '../fields.ts';
import type { Labels } from '../labels.ts';
import { isAboutSomebody } from '../policy.ts';
import type { RecordSort } from '../lists.ts';
import type { RecordLine } from '../store/list.ts';
import type { Field, RecordKind } from '../types.ts';
import { stateTag } from './state.ts';
import { showValue } from './value.ts';

type Cell = RecordViews['mch-app/record-list']['rows'][number]['cells'][number];

export interface Column {
  label: string;
  sort?: RecordSort;
  cell(row: RecordLine): Omit<Cell, 'label'>;
}

export interface ColumnsTold {
  kind: RecordKind;
  labels: Labels;
  locale: Locale;
  now: Date;
}

/**
 * What every list has, and the kind's own columns.
 * @param purpose a page names a unit in one cell, a file in one cell for the code and one for the name
 */
export function columnsOf(told: ColumnsTold, purpose: 'page' | 'file' = 'page'): Column[] {
  const { kind, labels, locale, now } = told;
  const t = (key: string): string => translate(locale, `records.${key}`);
  return [
    { label: t('no'), sort: 'no', cell: ({ no }) => ({ text: String(no), numeric: true }) },
    {
      label: labels.text(locale, kind.serviceDay),
      sort: 'service_on',
      cell: ({ serviceOn }) => ({ text: formatDay(locale, serviceOn) }),
    },
    ...(isAboutSomebody(kind)
      ? [
          { label: t('person'), cell: ({ personName }: RecordLine) => ({ text: personName ?? '' }) },
          { label: t('id-hint'), cell: ({ idHint }: RecordLine) => ({ text: idHint ?? '' }) },
        ]
      : []),
    ...kind.list.flatMap((name) => valueColumns(told, name, purpose)),
    ...(purpose === 'file'
      ? [{ label: t('unit-code'), cell: ({ unitCode }: RecordLine) => ({ text: unitCode }) }]
      : []),
    { label: t('unit'), cell: ({ unitName }) => ({ text: unitName }) },
    {
      label: t('state'),
      cell: (row) => {
        const tag = stateTag(row, kind, now);
        return { textKey: tag.key, tone: tag.tone };
      },
    },
  ];
}

function valueColumns(
  { kind, labels, locale }: ColumnsTold,
  name: string,
  purpose: 'page' | 'file',
): Column[] {
  const field = mergeFields(kind.parts.map((part) => part.fields))[name] as Field;
  const label = labels.text(locale, name);
  const shown: Column = {
    label,
    cell: ({ values, units }) => ({
      text: showValue(labels, locale, name, field, values[name] ?? null, units),
    }),
  };
  if (field.kind !== 'unit' || purpose === 'page') return [shown];
  const codeOf = ({ values }: RecordLine): string => String(values[name] ?? '');
  return [
    {
      label: translate(locale, 'records.code-of', { label }),
      cell: (row) => ({ text: codeOf(row) }),
    },
    { label, cell: (row) => ({ text: row.units.get(codeOf(row)) ?? '' }) },
  ];
}

/** A name, or a number of some kind: it is read whole, never broken over lines. */
const WHOLE = /^([!-~]{1,12}|[^!-~\s]{2,4}\d*)$/;

/** One row in the order of the columns. */
export function cellsOf(columns: readonly Column[], row: RecordLine): Cell[] {
  return columns.map((column) => {
    const cell = column.cell(row);
    return { label: column.label, isWhole: WHOLE.test(cell.text ?? ''), ...cell };
  });
}
