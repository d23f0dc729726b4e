import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { HistoryLine } from '#templates/views/console.ts';
import { fieldsOf } from './draft.ts';
import type { KeptVersion } from './store/version.ts';
import type { ContentKind, Entry } from './types.ts';

/** So many are told; the log has all. */
export const MOST_TOLD = 30;

/** Who did what to an entry, the newest first, each with the fields or files it changed. */
export function historyOf(
  kind: ContentKind,
  entry: Pick<Entry, 'authorAccount' | 'authorName'>,
  versions: readonly KeptVersion[],
  locale: Locale,
): HistoryLine[] {
  return versions.slice(0, MOST_TOLD).map((version, place) => ({
    at: version.at,
    key: `content.did-${version.deed}`,
    who: version.accountId === entry.authorAccount ? entry.authorName : version.accountId,
    note: noteOf(kind, version, versions[place + 1], locale),
  }));
}

function noteOf(
  kind: ContentKind,
  { entry, files }: KeptVersion,
  before: KeptVersion | undefined,
  locale: Locale,
): string {
  if (!before) return '';
  const changed = fieldsOf(kind)
    .filter(({ path }) => said(entry, path) !== said(before.entry, path))
    .map(({ path }) => translate(locale, `content.field-${path}`));
  const names = filesBetween(before.files, files);
  return [...changed, ...names].join(locale === 'en' ? ', ' : '、');
}

/** The value of a field in a row of `content`, as it is compared. */
function said(row: Record<string, unknown>, path: string): string {
  const column = path === 'order' ? 'sort_order' : path.replace(/\.zh-TW$/, '').replaceAll('.', '_');
  return JSON.stringify(row[column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] ?? null);
}

function filesBetween(before: KeptVersion['files'], after: KeptVersion['files']): string[] {
  const has = (files: KeptVersion['files'], one: KeptVersion['files'][number]): boolean =>
    files.some(({ name, sha256 }) => name === one.name && sha256 === one.sha256);
  return [...after.filter((one) => !has(before, one)), ...before.filter((one) => !has(after, one))].map(
    ({ name }) => name,
  );
}
