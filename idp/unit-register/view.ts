import type { Locale } from '#kit/http/locale.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { Fact, Tone } from '#templates/views/console.ts';
import type { Views } from '#templates/views.ts';
import { findCounty, findTown, unitKindLabel } from '../units/index.ts';
import { isCancellable } from './policy.ts';
import type { ImportStatus, JudgedRow, UnitImport, Verdict } from './types.ts';

export const IMPORTS = '/console/unit-imports';
export const SHOWN_ROWS: readonly (Verdict | 'skipped')[] = ['new', 'changed', 'closed', 'faulty', 'skipped'];

const TONES: Record<ImportStatus, Tone> = {
  receiving: 'info',
  checking: 'info',
  previewed: 'warning',
  applying: 'info',
  applied: 'success',
  cancelled: 'neutral',
  failed: 'error',
};

const statusCell = (status: ImportStatus) => ({
  textKey: `console-unit-imports.status-${status}`,
  tone: TONES[status],
});

export function importsView(
  imports: UnitImport[],
  underWay: UnitImport | undefined,
  olderUrl: string,
): Views['idp/console-unit-imports'] {
  return {
    uploadUrl: `${IMPORTS}/new`,
    underWay: underWay && {
      url: `${IMPORTS}/${underWay.id}`,
      by: underWay.startedByName,
      at: underWay.startedAt,
    },
    imports: imports.map(({ id, startedAt, fileName, startedByName, status, rowCount }) => ({
      url: `${IMPORTS}/${id}`,
      at: startedAt,
      fileName,
      by: startedByName,
      key: `console-unit-imports.status-${status}`,
      tone: TONES[status],
      rows: rowCount,
    })),
    olderUrl,
  };
}

/** How much of the work under way is done. */
function progressOf({ status, rowCount, checkedTo, appliedTo }: UnitImport) {
  if (status !== 'receiving' && status !== 'checking' && status !== 'applying') return undefined;
  const done = { receiving: rowCount, checking: checkedTo, applying: appliedTo }[status];
  const percent = status === 'receiving' || rowCount === 0 ? 0 : Math.floor((100 * done) / rowCount);
  return { key: `console-unit-import.${status}`, done, total: Math.max(rowCount, 1), percent };
}

export function importView(
  found: UnitImport,
  shown: { only: Verdict | 'skipped'; rows: JudgedRow[]; isFirst: boolean; last: number | undefined },
  locale: Locale,
): Views['idp/console-unit-import'] {
  const { id, status, counts } = found;
  const here = `${IMPORTS}/${id}`;
  const isJudged = !['receiving', 'checking', 'failed', 'cancelled'].includes(status);
  const isOver = status === 'applied';
  const rowsUrl = (only: string, after = 0) => `${here}?rows=${only}${after > 0 ? `&after=${after}` : ''}`;
  return {
    facts: factsOf(found),
    progress: progressOf(found),
    counts: isJudged
      ? SHOWN_ROWS.filter((only) => only !== 'skipped' || isOver || counts.skipped > 0).map((only) => ({
          key: `console-unit-import.${only}`,
          count: counts[only],
          url: rowsUrl(only),
          current: only === shown.only,
        }))
      : [],
    shown: { key: isJudged ? `console-unit-import.${shown.only}` : '' },
    rows: shown.rows.map((row) => ({
      line: row.line,
      code: row.code,
      name: row.name,
      what: whatOf(row, locale),
    })),
    nextUrl: shown.last === undefined ? '' : rowsUrl(shown.only, shown.last),
    firstUrl: shown.isFirst ? '' : rowsUrl(shown.only),
    reportUrl: isJudged ? `${here}/report` : '',
    applyUrl:
      status === 'previewed' && counts.new + counts.changed + counts.closed > 0 ? `${here}/application` : '',
    cancelUrl: isCancellable(status) ? `${here}/cancellation` : '',
    refreshUrl: here,
  };
}

function factsOf(found: UnitImport): Fact[] {
  const { status, fileName, startedByName, startedAt, rowCount, encoding, counts } = found;
  const facts: Fact[] = [
    { key: 'console-unit-import.status', ...statusCell(status) },
    { key: 'console-unit-import.file', text: fileName },
    { key: 'console-unit-import.by', text: startedByName },
    { key: 'console-unit-import.at', at: startedAt },
    { key: 'console-unit-import.total', text: String(rowCount) },
  ];
  if (encoding !== null) facts.push({ key: 'console-unit-import.encoding', text: encoding.toUpperCase() });
  if (counts.unchanged > 0) {
    facts.push({ key: 'console-unit-import.unchanged', text: String(counts.unchanged) });
  }
  if (found.decidedByName !== null) {
    facts.push({ key: 'console-unit-import.decided-by', text: found.decidedByName });
    facts.push({ key: 'console-unit-import.reason', text: found.reason });
  }
  if (found.endedAt) facts.push({ key: 'console-unit-import.ended', at: found.endedAt });
  if (found.failure !== null) {
    const why = found.failure.split(' ')[0] ?? '';
    facts.push({ key: 'console-unit-import.failure', textKey: `console-unit-upload.failure-${why}` });
  }
  return facts;
}

/** What a row would change, what is wrong with it, or why it was passed over. */
export function whatOf(
  { verdict, faults, changes, outcome }: JudgedRow,
  locale: Locale,
): { label: string; before?: string; after?: string }[] {
  const say = (key: string, params = {}) => translate(locale, `console-unit-import.${key}`, params);
  if (outcome !== null && outcome !== 'done') return [{ label: say(`outcome-${outcome}`) }];
  if (verdict === 'faulty') return faults.map((fault) => ({ label: faultLabel(fault, locale) }));
  if (verdict === 'new') return [{ label: say('added') }];
  return Object.entries(changes ?? {}).map(([column, [before, after]]) => ({
    label: say(`column-${column}`),
    before: valueLabel(column, before, locale),
    after: valueLabel(column, after, locale),
  }));
}

function faultLabel(fault: string, locale: Locale): string {
  const [column = '', why = ''] = fault.split('.');
  const key = (part: string, name: string) => {
    const full = `console-unit-import.${part}-${name}`;
    return hasText(locale, full) ? translate(locale, full) : name;
  };
  return translate(locale, 'console-unit-import.fault', {
    column: key('column', column),
    why: key('why', why),
  });
}

function valueLabel(column: string, value: string, locale: Locale): string {
  const named = (place: { name: string; nameEn: string } | undefined) =>
    (locale === 'en' ? place?.nameEn : place?.name) ?? value;
  switch (column) {
    case 'kind':
      return unitKindLabel(value, locale);
    case 'county':
      return named(findCounty(value));
    case 'town':
      return named(findTown(value.slice(0, 5), value));
    case 'status':
      return hasText(locale, `console-units.${value}`) ? translate(locale, `console-units.${value}`) : value;
    default:
      return value;
  }
}
