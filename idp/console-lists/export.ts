import type { Locale } from '#kit/http/locale.ts';
import { EXPORT_TYPES, type ExportFormat, exportTable } from '#kit/export/table.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListAnswer, ListRow, ListScope } from './types.ts';
import { cellText } from './view.ts';

const PAGE = 1000;

/** The whole list, from its first row, as a file that is written while it is read. */
export function exportList<F extends string, S extends string, Row extends ListRow>(
  list: ConsoleList<F, S, Row>,
  scope: ListScope<F, S>,
  format: ExportFormat,
  locale: Locale,
): ListAnswer {
  const title = translate(locale, `${list.area}.title`);
  const headers = columnsOf(list).map(({ key }) => translate(locale, key));
  return {
    type: EXPORT_TYPES[format],
    fileName: `${title}.${format}`,
    body: exportTable(format, { sheetName: title, headers, rows: rowsOf(list, scope, locale) }),
  };
}

async function* rowsOf<F extends string, S extends string, Row extends ListRow>(
  list: ConsoleList<F, S, Row>,
  scope: ListScope<F, S>,
  locale: Locale,
): AsyncGenerator<string[]> {
  const { after: _, ...request } = scope.request;
  const columns = columnsOf(list);
  let last: Row | undefined;
  do {
    const from = last && { after: { value: last.position, id: last.id } };
    const rows = await list.load({ ...scope, request: { ...request, ...from } }, PAGE);
    for (const row of rows) {
      yield columns.map(({ key, cell }) => cellText({ key, ...cell(row, locale) }, locale));
    }
    last = rows.length === PAGE ? rows.at(-1) : undefined;
  } while (last);
}

/** The page's columns as a file shows them, and those only files have. */
function columnsOf<F extends string, S extends string, Row extends ListRow>(list: ConsoleList<F, S, Row>) {
  const shown = list.columns.flatMap(({ key, cell, exported }) =>
    exported === null ? [] : [{ key, cell: exported ?? cell }],
  );
  return [...shown, ...(list.exportColumns ?? [])];
}
