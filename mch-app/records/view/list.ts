import type { Locale } from '#kit/http/locale.ts';
import { type ListRequest, listAddress } from '#kit/list.ts';
import { translate } from '#templates/locales.ts';
import type { RecordViews } from '#templates/views/records.ts';
import { mergeFields } from '../fields.ts';
import type { Labels } from '../labels.ts';
import { type RecordSort, countedOf } from '../lists.ts';
import { isAboutSomebody, mayWithKind } from '../policy.ts';
import type { RecordLine } from '../store/list.ts';
import type { Actor, Field, RecordKind } from '../types.ts';
import { cellsOf, columnsOf } from './columns.ts';
import { countyOptions, townsByCounty } from './towns.ts';

/** The formats people asked for. */
const FORMATS = ['xlsx', 'ods'] as const;
/** The states records of a kind can be in. */
const statesOf = ({ isReviewed, isClosed, lock }: RecordKind): string[] => [
  'draft',
  'submitted',
  ...(isReviewed ? ['approved', 'returned'] : []),
  ...(lock === 'LK3' ? ['claimed', 'paid', 'rejected'] : []),
  ...(isClosed ? ['closed'] : []),
  'unlocked',
];

type View = RecordViews['mch-app/record-list'];
type Shown = Omit<View, 'menu' | 'breadcrumb' | 'title' | 'path'>;

export interface ListShown {
  kind: RecordKind;
  labels: Labels;
  locale: Locale;
  actor: Actor;
  request: ListRequest<string, RecordSort>;
  rows: RecordLine[];
  count: number;
  nextCursor: string;
  /** Whom the list is narrowed to, by name. */
  patientName: string | undefined;
  now: Date;
}

/** A kind's list as its page shows it. */
export function listView(shown: ListShown): Shown {
  const { kind, actor, request, count, nextCursor } = shown;
  const path = `/${kind.path}`;
  const counted = countedOf(request.filters);
  const fields = filterFields(shown);
  const columns = columnsOf(shown);
  return {
    fields,
    chips: chipsOf(shown, fields, path),
    sort: `${request.descending ? '-' : ''}${request.sort}`,
    count: {
      key: count > counted ? 'console-list.count-more' : 'console-list.count',
      number: Math.min(count, counted),
    },
    columns: columns.map(({ label, sort }) => ({ label, ...sortOf(path, request, sort) })),
    rows: shown.rows.map((row) => ({ url: `${path}/${row.no}`, cells: cellsOf(columns, row) })),
    exports: mayWithKind(actor, kind, 'export')
      ? FORMATS.map((format) => ({ format, url: listAddress(`${path}/export`, request, { format }) }))
      : [],
    newUrl: mayWithKind(actor, kind, 'create') && kind.parent === undefined ? newUrlOf(kind) : '',
    firstUrl: request.after ? listAddress(path, request) : '',
    nextUrl: nextCursor && listAddress(path, request, { after: nextCursor }),
  };
}

function filterFields({ kind, labels, locale, actor, request, patientName }: ListShown): View['fields'] {
  const t = (key: string): string => translate(locale, `records.${key}`);
  const { filters, faults } = request;
  const field = (name: string, label: string, fieldKind: View['fields'][number]['kind']) => ({
    name,
    label,
    kind: fieldKind,
    value: filters[name] ?? '',
    isFaulty: faults.includes(name),
    options: [] as View['fields'][number]['options'],
  });
  const select = (name: string, label: string, options: { value: string; label: string }[]) => ({
    ...field(name, label, 'select'),
    options: options.map((option) => ({ ...option, selected: option.value === filters[name] })),
  });
  const isWide = actor.scope.kind !== 'own' && actor.scope.kind !== 'assigned';
  const reachesCounties = actor.scope.kind === 'nation' || actor.scope.kind === 'county';
  const all = mergeFields(kind.parts.map((part) => part.fields));
  return [
    field('from', `${labels.text(locale, kind.serviceDay)} ${t('from')}`, 'date'),
    field('to', t('to'), 'date'),
    ...(kind.asksSubmitted
      ? [field('sent_from', t('sent-from'), 'date'), field('sent_to', t('sent-to'), 'date')]
      : []),
    ...(isWide
      ? [
          select('by', t('by'), [
            { value: 'service', label: t('by-service') },
            { value: 'residence', label: t('by-residence') },
          ]),
          ...(reachesCounties
            ? [
                {
                  ...field('county', t('county'), 'select'),
                  pair: 'county' as const,
                  options: countyOptions(locale, filters['county'] ?? ''),
                },
                {
                  ...field('town', t('town'), 'select'),
                  pair: 'town' as const,
                  groups: townsByCounty(locale, filters['town'] ?? ''),
                },
              ]
            : []),
          field('unit', t('unit-find'), 'text'),
        ]
      : []),
    ...(isAboutSomebody(kind)
      ? [field('person', t('person'), 'text'), { ...field('id_no', t('id-find'), 'text'), value: '' }]
      : []),
    select(
      'state',
      t('state'),
      statesOf(kind).map((state) => ({ value: state, label: t(`state-${state}`) })),
    ),
    ...(Object.keys(kind.conditions).length === 0
      ? []
      : [
          select(
            'only',
            t('only'),
            Object.keys(kind.conditions).map((name) => ({
              value: name,
              label: labels.text(locale, `only.${name}`),
            })),
          ),
        ]),
    ...kind.filters.map((name) => {
      const of = all[name] as Field;
      if (of.kind === 'whole' || of.kind === 'unit')
        return field(`f_${name}`, labels.text(locale, name), 'text');
      const codes = of.kind === 'yes-no' ? ['yes', 'no'] : of.options;
      const labelOf = (code: string): string =>
        labels.text(locale, `${of.kind === 'yes-no' ? 'yes-no' : name}.${code}`);
      return select(
        `f_${name}`,
        labels.text(locale, name),
        codes.map((value) => ({ value, label: labelOf(value) })),
      );
    }),
    ...(filters['patient'] === undefined
      ? []
      : [{ ...field('patient', t('id-find'), 'text'), value: patientName ?? t('nobody') }]),
  ];
}

function chipsOf({ request }: ListShown, fields: View['fields'], path: string): View['chips'] {
  return fields.flatMap(({ name, label, value, options, groups = [] }) => {
    if (request.filters[name] === undefined) return [];
    const all = [...options, ...groups.flatMap((group) => group.options)];
    const said = all.find((option) => option.selected)?.label ?? value;
    return [{ label: `${label}: ${said}`, removeUrl: listAddress(path, request, { [name]: '' }) }];
  });
}

function sortOf(path: string, request: ListRequest, sort: RecordSort | undefined) {
  if (sort === undefined) return { sortUrl: '', direction: 'none' as const };
  const isCurrent = request.sort === sort;
  const next = isCurrent && !request.descending ? `-${sort}` : sort;
  return {
    sortUrl: listAddress(path, request, { sort: next }),
    direction: !isCurrent
      ? ('none' as const)
      : request.descending
        ? ('descending' as const)
        : ('ascending' as const),
  };
}

/** Where the empty form of a kind is. */
export const newUrlOf = ({ path, entry }: RecordKind): string =>
  entry === undefined ? `/${path}/new` : `/${entry}`;
