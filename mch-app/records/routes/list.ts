import { Fault } from '#kit/errors.ts';
import { fileNameOf } from '#kit/file-type.ts';
import { type ExportFormat, EXPORT_TYPES, exportTable } from '#kit/export/table.ts';
import { type ListRequest, listAddress, parseList, sealCursor } from '#kit/list.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { findDraftPersons, findPatient, numberIndexes, recordAccess } from '../../patients/index.ts';
import type { Handler, SignedInContext } from '../../sessions/index.ts';
import { type RecordSort, countedOf, fittingPlaces, listDefinition } from '../lists.ts';
import { mayWithKind } from '../policy.ts';
import { findLatest } from '../store/envelope.ts';
import { countRecords, listRecords } from '../store/list.ts';
import { recordExport } from '../store/exports.ts';
import type { Actor } from '../types.ts';
import { cellsOf, columnsOf } from '../view/columns.ts';
import { listView } from '../view/list.ts';
import type { KindPages } from './host.ts';

const PAGE_SIZE = 20;
const EXPORT_PAGE = 1000;

/** GET of a kind's list. */
export function showList(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind, labels } = pages;
    const actor = reader(pages, ctx);
    const request = fittingPlaces(parseList(listDefinition(kind), ctx.querystring, host.keyring));
    const isFaulty = request.faults.length > 0;
    const now = host.clock();
    const { patient } = request.filters;
    const [found, person] = await Promise.all([
      isFaulty ? [] : listRecords(host.db, kind, actor.scope, request, { limit: PAGE_SIZE + 1, now }),
      isFaulty || patient === undefined || patient === 'none'
        ? undefined
        : findPatient(host.db, { id: patient }),
    ]);
    const isAll = isFaulty || (request.after === undefined && found.length <= PAGE_SIZE);
    const count = isAll
      ? found.length
      : await countRecords(host.db, kind, actor.scope, request, {
          upTo: countedOf(request.filters) + 1,
          now,
        });
    const rows = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
    const nextCursor = last
      ? sealCursor(kind.key, request, { value: last.position, id: last.id }, host.keyring)
      : '';
    if (isFaulty) ctx.status = 422;
    // a name is told only to whoever has a record of hers in sight
    const isSent = rows.some(({ state }) => state !== 'draft');
    const patientName =
      person && rows.length > 0 && (isSent || person.draftOf !== null) ? person.name : undefined;
    const { locale } = ctx.state;
    host.show(ctx, 'mch-app/record-list', {
      ...host.frameOf(ctx, kind.path),
      ...listView({ kind, labels, locale, actor, request, rows, count, nextCursor, patientName, now }),
    });
  };
}

/**
 * POST of a list's filters: a number that somebody looks for stands in no address, so it becomes the person's id here.
 * The list itself shows only what is in sight.
 */
export function searchList(pages: KindPages): Handler {
  const { host, kind } = pages;
  return host.actingForm(async (ctx, form) => {
    const actor = reader(pages, ctx);
    const definition = listDefinition(kind);
    const filters: Record<string, string> = {};
    for (const name of Object.keys(definition.filters)) {
      const value = form.get(name);
      if (value !== '' && name !== 'patient') filters[name] = value;
    }
    const number = form.get('id_no');
    if (number !== '') {
      const indexes = numberIndexes(host.keyring, number);
      const person = await findPatient(host.db, { indexes });
      // whoever has no record of hers in sight learns nothing, not even that she is known
      const isInSight = person && (await findLatest(host.db, kind, actor.scope, person.id)) !== undefined;
      const [own] = isInSight
        ? [person]
        : await findDraftPersons(host.db, { indexes, kind: kind.key, unitCode: actor.unit.code });
      filters['patient'] = own?.id ?? 'none';
      if (isInSight)
        await recordAccess(host.db, {
          ...seenBy(actor),
          patientId: person.id,
          recordId: null,
          deed: 'find',
          at: host.clock(),
        });
    }
    const request: ListRequest<string, RecordSort> = {
      ...parseList(definition, '', host.keyring),
      filters,
    };
    seeOther(ctx, listAddress(`/${kind.path}`, request, { sort: form.get('sort') }));
  });
}

/** GET of a list as a file of all its rows, written while it is read, and recorded. */
export function exportRecords(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind, labels } = pages;
    const actor = reader(pages, ctx);
    if (!mayWithKind(actor, kind, 'export')) throw new Fault('forbidden');
    const { after: _, ...request } = fittingPlaces(
      parseList(listDefinition(kind), ctx.querystring, host.keyring),
    );
    const format = formatOf(ctx);
    if (!format || request.faults.length > 0) throw new Fault('bad_request');
    const now = host.clock();
    const { locale } = ctx.state;
    const upTo = host.exports.most + 1;
    const count = await countRecords(host.db, kind, actor.scope, request, { upTo, now });
    await host.exports.assertFits(ctx, kind.key, count);
    const rows = allRows(pages, actor, request, now);
    await recordExport(host.db, {
      ...seenBy(actor),
      kind: kind.key,
      format,
      filters: Object.keys(request.filters),
      rows: count,
      at: now,
    });
    const title = host.frameOf(ctx, kind.path).title;
    const columns = columnsOf({ kind, labels, locale, now }, 'file');
    ctx.attachment(`${fileNameOf(title)}.${format}`);
    ctx.set('Content-Type', EXPORT_TYPES[format]);
    ctx.body = exportTable(format, {
      sheetName: title,
      headers: columns.map(({ label }) => label),
      rows: textRows(),
    });

    async function* textRows(): AsyncGenerator<string[]> {
      for await (const row of rows) {
        yield cellsOf(columns, row).map((cell) =>
          cell.textKey === undefined ? (cell.text ?? '') : translate(locale, cell.textKey),
        );
      }
    }
  };
}

async function* allRows(
  { host, kind }: KindPages,
  actor: Actor,
  request: ListRequest<string, RecordSort>,
  now: Date,
) {
  let last: { value: string; id: string } | undefined;
  do {
    const page = await listRecords(
      host.db,
      kind,
      actor.scope,
      { ...request, ...(last && { after: last }) },
      { limit: EXPORT_PAGE, now },
    );
    yield* page;
    const end = page.length === EXPORT_PAGE ? page.at(-1) : undefined;
    last = end && { value: end.position, id: end.id };
  } while (last);
}

/** The format a file is asked in. */
export function formatOf(ctx: SignedInContext): Exclude<ExportFormat, 'csv'> | undefined {
  const asked = new URLSearchParams(ctx.querystring).get('format');
  return asked === 'xlsx' || asked === 'ods' ? asked : undefined;
}

/** Whoever may read this kind. @throws Fault forbidden */
export function reader({ host, kind }: KindPages, ctx: SignedInContext): Actor {
  const actor = host.actorOf(ctx);
  if (!mayWithKind(actor, kind, 'read')) throw new Fault('forbidden');
  return actor;
}

/** The actor as logs name him. */
export function seenBy(actor: Actor): { accountId: string; personName: string; unitCode: string } {
  return { accountId: actor.accountId, personName: actor.personName, unitCode: actor.unit.code };
}
