import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import { type Typed, typedOf } from '#kit/typed-fields.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { ContentFault, ContentKind, Editor, Stored } from './types.ts';

export const CONTENT = '/console/content';

type View = Views['idp/console-content'];

export interface Shown {
  kind: ContentKind;
  editor: Editor;
  registry: ClientRegistry;
  locale: Locale;
  entry: Stored | undefined;
  typed: Typed;
  version: string;
  faults?: ContentFault[];
  conflict?: Stored;
  isPreview?: boolean;
  fileErrorKey?: string;
}

/** The form of one entry, empty, as stored, or as it was just typed. */
export function contentView(shown: Shown): View {
  const { kind, entry, locale, faults = [] } = shown;
  const here = `${CONTENT}/${kind.name}/${entry?.id ?? 'new'}`;
  return {
    title: translate(locale, `console-content.${entry ? 'edit' : 'add'}-${kind.name}`),
    action: here,
    previewAction: bodiesOf(kind).length > 0 ? `${here}/preview` : '',
    cancelUrl: CONTENT,
    removalUrl: entry ? `${here}/removal` : '',
    version: shown.version,
    fields: fieldsOf(shown),
    errors: faults.map((fault) => errorOf(fault, locale)),
    conflict: shown.conflict ? changesOf(shown, shown.conflict) : [],
    preview: shown.isPreview ? previewOf(shown) : [],
    files: kind.files,
    attached: (entry?.files ?? []).map((file) => ({
      name: file.name,
      sizeBytes: file.sizeBytes,
      removalAction: `${here}/files/${file.id}/removal`,
    })),
    attachAction: entry && kind.files === 'many' ? `${here}/files` : '',
    fileErrorKey: shown.fileErrorKey ?? faults.find(({ path }) => path === 'file')?.key ?? '',
  };
}

function fieldsOf({ kind, editor, registry, locale, typed }: Shown): View['fields'] {
  return kind.fields
    .filter(({ nationalOnly }) => editor.isNational || !nationalOnly)
    .map((field) => {
      const values = typed[field.path] ?? [];
      const key = `console-content.field-${field.path}`;
      const hint = `console-content.hint-${field.path}`;
      return {
        name: field.path,
        key,
        hintKey: hasText(locale, hint) ? hint : '',
        kind: field.kind,
        value:
          field.kind === 'choices' ? (values.length > 0 ? String(values.length) : '') : (values[0] ?? ''),
        required: field.required ?? false,
        max: field.max ?? 100,
        options: (field.options?.({ registry, locale }) ?? []).map((option) => ({
          ...option,
          selected: values.includes(option.value),
        })),
      };
    });
}

/** What the other editor left, beside what was typed here. */
function changesOf({ kind, typed }: Shown, current: Stored): View['conflict'] {
  const theirs = typedOf(kind.fields, current.draft);
  return kind.fields
    .map(({ path }) => ({
      key: `console-content.field-${path}`,
      before: (theirs[path] ?? []).join(' '),
      after: (typed[path] ?? []).join(' '),
    }))
    .filter(({ before, after }) => before !== after);
}

/** The fault with the name of its field, so that the summary says which. */
function errorOf({ path, key }: ContentFault, locale: Locale): FieldError {
  if (path === 'file') return { field: path, key };
  return { field: path, key, params: { label: translate(locale, `console-content.field-${path}`) } };
}

const LANGUAGES = [
  ['zh-TW', 'zh-Hant-TW'],
  ['en', 'en'],
] as const;

const bodiesOf = (kind: ContentKind) => kind.fields.filter(({ path }) => /^(body|text)\./.test(path));

function previewOf({ kind, typed }: Shown): View['preview'] {
  return LANGUAGES.map(([name, lang]) => ({
    lang,
    title: typed[`title.${name}`]?.[0] ?? '',
    blocks: bodiesOf(kind)
      .filter(({ path }) => path.endsWith(`.${name}`))
      .flatMap(({ path }) => readPlainText(typed[path]?.[0] ?? '')),
  })).filter(({ title, blocks }) => title !== '' || blocks.length > 0);
}
