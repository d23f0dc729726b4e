import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import { type Typed, typedOf } from '#kit/typed-fields.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { Tone } from '#templates/views/console.ts';
import type { MchContentViews } from '#templates/views/mch-content.ts';
import { DUTY_CODES, MENU_ROLE_CODES, UNIT_KINDS, dutyLabel, menuRoleLabel } from '../access/index.ts';
import { type ContentField, fieldsOf } from './draft.ts';
import { historyOf } from './history.ts';
import { OFFICE } from './kinds.ts';
import { publicationOf } from './policy.ts';
import type { KeptVersion } from './store/version.ts';
import type { ContentFault, ContentKind, Entry, Publication } from './types.ts';
import { categoryText } from './view.ts';

type View = MchContentViews['mch-app/content-form'];

export const TONES: Record<Publication, Tone> = {
  draft: 'warning',
  scheduled: 'info',
  published: 'success',
  expired: 'neutral',
  archived: 'neutral',
};

export interface Shown {
  kind: ContentKind;
  locale: Locale;
  now: Date;
  /** Undefined for a new one. */
  entry: Entry | undefined;
  id: string;
  version: string;
  typed: Typed;
  faults?: readonly ContentFault[];
  /** What somebody else has saved since the form was opened. */
  conflict?: Entry;
  isPreview?: boolean;
  doneKey?: string;
  fileErrorKey?: string;
  /** What became of the entry so far, the newest first. */
  versions?: readonly KeptVersion[];
}

/** The form of one entry, empty, as stored, or as it was just typed. */
export function formView(
  shown: Shown,
): Omit<View, 'menu' | 'breadcrumb' | 'title' | 'path' | 'acting' | 'generation'> {
  const { kind, entry, faults = [], conflict } = shown;
  const here = `/${OFFICE}/${entry?.id ?? `new/${kind.type}`}`;
  const state = entry && publicationOf(entry, shown.now);
  const isReleased = entry?.state === 'released';
  return {
    heading: translate(shown.locale, `content.${entry ? 'edit' : 'add'}-${kind.type}`),
    stateKey: state ? `content.state-${state}` : '',
    tone: state ? TONES[state] : 'neutral',
    author: entry?.authorName ?? '',
    doneKey: shown.doneKey ?? '',
    action: here,
    previewAction: `${here}/preview`,
    backUrl: `/${OFFICE}`,
    id: shown.id,
    version: shown.version,
    isReleased,
    fields: fieldsOf(kind).map((field) => fieldView(shown, field)),
    errors: faults.map((fault) => errorOf(fault, shown)),
    isConflict: conflict !== undefined,
    conflict: conflict ? changesOf(shown, conflict) : [],
    // what is faulty may be of any length
    preview: shown.isPreview && faults.length === 0 ? previewOf(shown.typed) : [],
    withdrawUrl: isReleased ? `${here}/withdrawal` : '',
    removeUrl: entry && !isReleased ? `${here}/removal` : '',
    files: (entry?.files ?? []).map(({ id, name, size }) => ({
      name,
      size,
      url: `${here}/files/${id}`,
      removeAction: `${here}/files/${id}/removal`,
    })),
    attachAction: entry ? `${here}/files` : '',
    fileErrorKey: shown.fileErrorKey ?? '',
    history: entry ? historyOf(kind, entry, shown.versions ?? [], shown.locale) : [],
  };
}

function fieldView(shown: Shown, field: ContentField): View['fields'][number] {
  const { locale, typed } = shown;
  const values = typed[field.path] ?? [];
  const hint = `content.hint-${field.path}`;
  const count = values.length > 0 ? String(values.length) : '';
  return {
    name: field.path,
    key: `content.field-${field.path}`,
    hintKey: hasText(locale, hint) ? hint : '',
    kind: field.kind,
    value: field.kind === 'choices' ? count : (values[0] ?? ''),
    required: field.required ?? false,
    max: field.max ?? 100,
    options: optionsOf(shown, field.path).map((option) => ({
      ...option,
      selected: values.includes(option.value),
    })),
  };
}

function optionsOf({ kind, locale }: Shown, path: string): { value: string; label: string }[] {
  const named = (codes: readonly string[], label: (code: string) => string) =>
    codes.map((value) => ({ value, label: label(value) }));
  switch (path) {
    case 'category':
      return named(kind.categories, (code) => categoryText(locale, kind.type, code));
    case 'audience.duties':
      return named(DUTY_CODES, (code) => dutyLabel(code, locale));
    case 'audience.menuRoles':
      return named(MENU_ROLE_CODES, (code) => menuRoleLabel(code, locale));
    case 'audience.unitKinds':
      return named(UNIT_KINDS, (code) => translate(locale, `office.unit-kind-${code}`));
    default:
      return [];
  }
}

/** What the other editor left, beside what was typed here. */
function changesOf({ kind, typed }: Shown, current: Entry): View['conflict'] {
  const fields = fieldsOf(kind);
  const theirs = typedOf(fields, current.draft);
  const text = (of: Typed, path: string): string =>
    (of[path] ?? []).join(' ').replaceAll('\r\n', '\n').trim();
  return fields
    .map(({ path }) => ({
      key: `content.field-${path}`,
      before: text(theirs, path),
      after: text(typed, path),
    }))
    .filter(({ before, after }) => before !== after);
}

/** The fault with the name of its field, so that the summary says which. */
function errorOf({ path, fault }: ContentFault, { locale, entry }: Shown): FieldError {
  const key = `content.fault-${fault}`;
  if (path === 'file') return { field: entry ? 'file' : '', key };
  return { field: path, key, params: { label: translate(locale, `content.field-${path}`) } };
}

const LANGUAGES = [
  ['zh-TW', 'zh-Hant-TW'],
  ['en', 'en'],
] as const;

function previewOf(typed: Typed): View['preview'] {
  return LANGUAGES.map(([name, lang]) => ({
    lang,
    title: typed[`title.${name}`]?.[0] ?? '',
    blocks: readPlainText(typed[`body.${name}`]?.[0] ?? ''),
  })).filter(({ title, blocks }) => title !== '' || blocks.length > 0);
}
