import type { Db } from '#db/idp/tables.ts';
import { type ExportTable, exportTable } from '#kit/export/table.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { COLUMN_NAMES } from './columns.ts';
import { listReported } from './store/rows.ts';
import { whatOf } from './view.ts';

const BATCH = 2000;

/** Every row but the unchanged ones, with what was found out about it, as a CSV file written while it is read. */
export function importReport(db: Db, importId: string, locale: Locale) {
  const say = (key: string) => translate(locale, key);
  const table: ExportTable = {
    sheetName: 'report',
    headers: [
      'console-unit-import.line',
      'console-unit.code',
      'console-unit.name',
      'console-unit-imports.status',
      'console-unit-import.what',
    ].map(say),
    rows: reportRows(db, importId, locale),
  };
  return exportTable('csv', table);
}

async function* reportRows(db: Db, importId: string, locale: Locale): AsyncGenerator<string[]> {
  for (let after = 0; ;) {
    const rows = await listReported(db, importId, after, BATCH);
    for (const row of rows) {
      const what = whatOf(row, locale).map(({ label, before = '', after: now }) =>
        now === undefined ? label : `${label}: ${before} → ${now}`,
      );
      const verdict = translate(locale, `console-unit-import.${row.verdict}`);
      yield [String(row.line), row.code, row.name, verdict, what.join('; ')];
    }
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.rowNo;
  }
}

/** An empty register with our headings. */
export function registerTemplate() {
  const none = async function* (): AsyncGenerator<string[]> {};
  return exportTable('csv', {
    sheetName: 'register',
    headers: COLUMN_NAMES.map(({ name }) => name),
    rows: none(),
  });
}
