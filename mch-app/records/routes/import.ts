import { writeXlsx } from 'hucre/xlsx';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { EXPORT_TYPES, exportTable } from '#kit/export/table.ts';
import { fileNameOf, safeFileName } from '#kit/file-type.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { UploadedFile } from '#kit/http/upload.ts';
import { type TableRow, UnreadableTable, readTable } from '#kit/import/table.ts';
import { isCalendarDay } from '#kit/list.ts';
import { type Handler, type SignedInContext, sessionOf } from '../../sessions/index.ts';
import { allowedCodes, headingOf, importColumns, readHeadings } from '../import-columns.ts';
import { mayImport } from '../service/import-rights.ts';
import { keepActor, sealCells } from '../service/import.ts';
import { findImport, insertImport, insertImportRows, listImportRows, listImports } from '../store/imports.ts';
import type { Actor } from '../types.ts';
import { type Unusable, importLine, importsView, rowFaults } from '../view/import.ts';
import type { KindPages } from './host.ts';
import { reader } from './list.ts';

export const IMPORT_BYTES = 10 * 1024 * 1024;
const LIMITS = { rows: 20_000, columns: 200, cell: 2000 };
const LISTED = 30;
const AT_ONCE = 500;

/** GET of a kind's import: what a file may say, the form to bring one, and the unit's files so far. */
export function showImports(pages: KindPages): Handler {
  return async (ctx) => {
    const actor = importer(pages, ctx);
    await renderImports(pages, ctx, actor, undefined);
  };
}

async function renderImports(
  pages: KindPages,
  ctx: SignedInContext,
  actor: Actor,
  unusable: Unusable | undefined,
): Promise<void> {
  const { host, kind } = pages;
  const at = placeOf(pages);
  const query = new URLSearchParams(ctx.querystring);
  const day = (name: string): string | undefined => {
    const text = query.get(name) ?? '';
    return isCalendarDay(text) ? text : undefined;
  };
  const before = Number(query.get('before') ?? Number.NaN);
  const asked = {
    from: day('from'),
    to: day('to'),
    before: Number.isSafeInteger(before) ? before : undefined,
  };
  const found = await listImports(
    host.db,
    { kind: kind.key, unitCode: actor.unit.code, ...asked },
    LISTED + 1,
  );
  const session = sessionOf(ctx);
  host.show(ctx, 'mch-app/record-imports', {
    ...host.frameOf(ctx, at),
    ...importsView(pages, ctx.state.locale, { found, asked, listed: LISTED, at, unusable }),
    limits: { rows: LIMITS.rows, megabytes: IMPORT_BYTES / 1024 / 1024 },
    acting: session.account.id,
    generation: session.generation,
  });
}

/** GET of an empty file to fill in, as Excel with a sheet of allowed codes or as CSV. */
export function sendTemplate(pages: KindPages): Handler {
  return async (ctx) => {
    importer(pages, ctx);
    const { kind, labels, host } = pages;
    const { locale } = ctx.state;
    const headings = importColumns(kind).map(({ name }) => headingOf(labels, locale, name));
    const { title } = host.frameOf(ctx, placeOf(pages));
    if (new URLSearchParams(ctx.querystring).get('format') === 'csv') {
      ctx.attachment(`${fileNameOf(title)}.csv`);
      ctx.set('Content-Type', EXPORT_TYPES.csv);
      ctx.body = exportTable('csv', { sheetName: title, headers: headings, rows: none() });
      return;
    }
    const codes = labels.text(locale, 'codes');
    const book = await writeXlsx({
      sheets: [
        { name: title.slice(0, 31), rows: [headings] },
        {
          name: codes,
          rows: [
            [
              labels.text(locale, 'code.column'),
              labels.text(locale, 'code.code'),
              labels.text(locale, 'code.means'),
            ],
            ...allowedCodes(kind, labels, locale),
          ],
        },
      ],
    });
    ctx.attachment(`${fileNameOf(title)}.xlsx`);
    ctx.set('Content-Type', EXPORT_TYPES.xlsx);
    ctx.body = Buffer.from(book);
  };
}

async function* none(): AsyncGenerator<string[]> {}

/** POST of a file: what cannot be a table of this kind is refused at once, the rest waits for its turn. */
export function receiveImport(pages: KindPages): Handler {
  const { host, kind, labels } = pages;
  return host.actingUpload(IMPORT_BYTES, async (ctx, form, file) => {
    const actor = importer(pages, ctx);
    const refuse = async (unusable: Unusable): Promise<void> => {
      ctx.status = 422;
      await renderImports(pages, ctx, actor, unusable);
    };
    if (file === undefined) return refuse({ reason: 'missing' });
    if (file === 'too_large') return refuse({ reason: 'too_large' });
    let table: TableRow[];
    try {
      table = await readTable(file.bytes, LIMITS);
    } catch (error) {
      if (!(error instanceof UnreadableTable)) throw error;
      return refuse({ reason: error.reason, details: error.details });
    }
    const [{ cells: heading } = { cells: [] }, ...rows] = table;
    const { columns, missing } = readHeadings(kind, labels, heading);
    const unknown = heading.filter((text, at) => text !== '' && columns[at] === undefined);
    const twice = columns.some((one, at) => one !== undefined && columns.indexOf(one) !== at);
    if (missing.length > 0 || unknown.length > 0 || twice) {
      const { locale } = ctx.state;
      const names = missing.map(({ name }) => headingOf(labels, locale, name));
      return refuse({ reason: 'headings', missing: names, unknown: unknown.slice(0, 20) });
    }
    const id = await keep(pages, actor, { form, file, columns: columns.map((one) => one?.name ?? ''), rows });
    seeOther(ctx, `/${placeOf(pages)}/${id}`);
  });
}

function keep(
  { host, kind }: KindPages,
  actor: Actor,
  of: { form: Form; file: UploadedFile; columns: string[]; rows: TableRow[] },
): Promise<number> {
  return transact(host.db, async (trx) => {
    const id = await insertImport(trx, {
      kind: kind.key,
      unitCode: actor.unit.code,
      actor: keepActor(host, actor, kind),
      personName: actor.personName,
      fileName: safeFileName(of.file.name),
      isAll: of.form.get('mode') !== 'good',
      takesWarnings: of.form.get('warnings') === 'taken',
      columns: of.columns,
      rowCount: of.rows.length,
      createdAt: host.clock(),
    });
    for (let at = 0; at < of.rows.length; at += AT_ONCE) {
      const piece = of.rows.slice(at, at + AT_ONCE);
      await insertImportRows(
        trx,
        id,
        piece.map(({ line, cells }, offset) => ({
          rowNo: at + offset + 1,
          line,
          cells: sealCells(host, id, cells),
        })),
      );
    }
    return id;
  });
}

/** GET of one file: how far it is, and what is wrong with which row. It is asked again until it has ended. */
export function showImport(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, labels } = pages;
    const actor = importer(pages, ctx);
    const one = await importAsked(pages, ctx, actor);
    const { locale } = ctx.state;
    const at = placeOf(pages);
    const rows = await listImportRows(host.db, one.id, { after: 0, faulty: true }, LISTED);
    const faults = rows.flatMap((row) => rowFaults({ ...pages, labels }, locale, row));
    if (one.endedAt === null) ctx.set('Refresh', '5');
    host.show(ctx, 'mch-app/record-import', {
      ...host.frameOf(ctx, at),
      ...importLine(locale, one, at),
      faults,
      isCut: one.faulty > rows.length,
      filesUrl: one.faulty > 0 && one.endedAt !== null ? `/${at}/${one.id}/errors` : '',
      backUrl: `/${at}`,
      listUrl: `/${pages.kind.path}`,
    });
  };
}

/** GET of what is wrong as a file: row, column and fault, nothing of what the file said. */
export function sendFaults(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, labels } = pages;
    const actor = importer(pages, ctx);
    const one = await importAsked(pages, ctx, actor);
    const { locale } = ctx.state;
    const format = new URLSearchParams(ctx.querystring).get('format') === 'csv' ? 'csv' : 'xlsx';
    const text = (key: string): string => labels.text(locale, key);
    ctx.attachment(`${text('faults')}-${one.id}.${format}`);
    ctx.set('Content-Type', EXPORT_TYPES[format]);
    ctx.body = exportTable(format, {
      sheetName: text('faults'),
      headers: ['faults.row', 'faults.column', 'faults.what'].map(text),
      rows: lines(),
    });

    async function* lines(): AsyncGenerator<string[]> {
      for (let after = 0; ;) {
        const rows = await listImportRows(host.db, one.id, { after, faulty: true }, AT_ONCE);
        for (const row of rows) {
          for (const { line, column, what } of rowFaults({ ...pages, labels }, locale, row)) {
            yield [String(line), column, what];
          }
        }
        const last = rows.at(-1);
        if (!last || rows.length < AT_ONCE) return;
        after = last.rowNo;
      }
    }
  };
}

async function importAsked({ host, kind }: KindPages, ctx: SignedInContext, actor: Actor) {
  const id = String(ctx.params['id']);
  const found = /^\d{1,15}$/.test(id)
    ? await findImport(host.db, { id: Number(id), kind: kind.key, unitCode: actor.unit.code })
    : undefined;
  if (!found) throw new Fault('not_found');
  return found;
}

/** Where the kind's files are brought to. */
function placeOf({ kind }: KindPages): string {
  if (kind.importAt === undefined) throw new Error(`${kind.key} takes no files`);
  return kind.importAt;
}

/** Whoever may bring files of this kind, and write what they say. @throws Fault forbidden */
function importer(pages: KindPages, ctx: SignedInContext): Actor {
  const actor = reader(pages, ctx);
  if (!mayImport(actor, pages.kind)) throw new Fault('forbidden');
  return actor;
}
