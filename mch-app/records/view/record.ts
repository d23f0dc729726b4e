import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { RecordHead, RecordViews } from '#templates/views/records.ts';
import type { Patient } from '../../patients/index.ts';
import { isAsked } from '../parse.ts';
import type { Labels } from '../labels.ts';
import { type RecordDeed, decide, lockOf } from '../policy.ts';
import type { Actor, FullRecord, RecordKind } from '../types.ts';
import { stateTag } from './state.ts';
import { showValue } from './value.ts';
import { formatDateTime, formatDay } from '#templates/dates.ts';

type View = RecordViews['mch-app/record'];

export interface RecordShown {
  kind: RecordKind;
  labels: Labels;
  locale: Locale;
  record: FullRecord;
  person: Patient | undefined;
  now: Date;
}

export function headOf({ kind, locale, record, person, now }: RecordShown): RecordHead {
  const tag = stateTag(record, kind, now);
  return {
    no: record.no,
    state: { text: translate(locale, tag.key), tone: tag.tone },
    lock: translate(locale, `records.lock-${lockOf(record, kind, record.values, now)}`),
    person: person?.name ?? '',
    idHint: person?.idHint ?? '',
    unit: record.unitName,
  };
}

/** What a record says, part by part; what was not asked or not answered is left out. */
export function partsOf(shown: RecordShown): View['parts'] {
  const { kind, labels, locale, record } = shown;
  const own = kind.parts.map(({ name, fields }) => ({
    name,
    label: labels.text(locale, `part.${name}`),
    facts: Object.entries(fields).flatMap(([field, of]) => {
      const value = record.values[field] ?? null;
      if (value === null || !isAsked(of, record.values)) return [];
      return [
        {
          label: labels.text(locale, field),
          text: showValue(labels, locale, field, of, value, record.units),
        },
      ];
    }),
  }));
  return [{ name: 'who', label: labels.text(locale, 'part.who'), facts: personFacts(shown) }, ...own].filter(
    ({ facts }) => facts.length > 0,
  );
}

function personFacts({ labels, locale, person }: RecordShown) {
  if (!person) return [];
  const facts = [
    { label: labels.text(locale, 'name'), text: person.name },
    { label: labels.text(locale, 'id_type'), text: labels.text(locale, `id_type.${person.idType}`) },
    { label: labels.text(locale, 'id_no'), text: person.idHint },
    ...(person.birthAt
      ? [{ label: labels.text(locale, 'birth_at'), text: formatDateTime(locale, person.birthAt) }]
      : [{ label: labels.text(locale, 'birth_date'), text: formatDay(locale, person.birthDate) }]),
    ...(person.sex
      ? [{ label: labels.text(locale, 'sex'), text: labels.text(locale, `sex.${person.sex}`) }]
      : []),
  ];
  return facts.filter(({ text }) => text !== '');
}

/** Who did what to it, and when. */
export function trailOf({ locale, record }: RecordShown): View['trail'] {
  const t = (key: string): string => translate(locale, `records.${key}`);
  return [
    { label: t('created'), text: record.createdByName, at: record.createdAt },
    ...(record.submittedAt
      ? [{ label: t('submitted'), text: record.submittedByName ?? '', at: record.submittedAt }]
      : []),
    ...(record.reviewedAt
      ? [{ label: t('reviewed'), text: record.reviewedByName ?? '', at: record.reviewedAt }]
      : []),
  ];
}

const DEEDS = [
  { deed: 'approve', path: 'approval', isMain: true, isDangerous: false, asksNote: false },
  { deed: 'return', path: 'return', isMain: false, isDangerous: false, asksNote: true },
  { deed: 'close', path: 'closing', isMain: false, isDangerous: false, asksNote: false },
  { deed: 'reopen', path: 'reopening', isMain: false, isDangerous: false, asksNote: true },
  { deed: 'remove', path: 'removal', isMain: false, isDangerous: true, asksNote: false },
] as const;

/** What this account may do to it now. */
export function deedsOf(
  { kind, labels, locale, record, now }: RecordShown,
  actor: Actor,
  typed: { deed: string; note: string },
): View['deeds'] {
  return DEEDS.filter(({ deed }) => may(deed, record, kind, actor, now)).map(({ path, ...rest }) => ({
    ...rest,
    asksNote: rest.asksNote || (rest.deed === 'approve' && kind.approvalNeedsNote),
    noteKey: `records.note-${rest.deed}`,
    note: rest.deed === typed.deed ? typed.note : '',
    url: `/${kind.path}/${record.no}/${path}`,
    label: labels.has(`do.${kind.key}.${rest.deed}`)
      ? labels.text(locale, `do.${kind.key}.${rest.deed}`)
      : translate(locale, `records.do-${rest.deed}`),
  }));
}

export function may(
  deed: RecordDeed,
  record: FullRecord,
  kind: RecordKind,
  actor: Actor,
  now: Date,
): boolean {
  return decide(deed, record, kind, actor, now, record.values).allowed;
}
