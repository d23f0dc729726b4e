import { Fault } from '#kit/errors.ts';
import { fileNameOf } from '#kit/file-type.ts';
import { EXPORT_TYPES, exportTable } from '#kit/export/table.ts';
import { recordAccess } from '../../patients/index.ts';
import type { Handler } from '../../sessions/index.ts';
import { mayWithKind } from '../policy.ts';
import { recordExport } from '../store/exports.ts';
import { readRegister } from '../store/register.ts';
import { registerHeads, registerTexts } from '../view/register.ts';
import { recordAsked } from './form.ts';
import type { KindPages } from './host.ts';
import { formatOf, reader, seenBy } from './list.ts';

/** GET of what a record was made of, as a file; who took it away is recorded. */
export function exportRegister(pages: KindPages): Handler {
  const { host, kind, labels } = pages;
  return async (ctx) => {
    const actor = reader(pages, ctx);
    if (!mayWithKind(actor, kind, 'export')) throw new Fault('forbidden');
    const record = await recordAsked(pages, ctx, actor);
    const format = formatOf(ctx);
    if (!format || !kind.register) throw new Fault('bad_request');
    const { locale } = ctx.state;
    const rows = await readRegister(host.db, kind, record);
    await host.exports.assertFits(ctx, kind.key, rows.length);
    const at = host.clock();
    const taken = { ...seenBy(actor), at };
    const filters = ['record'];
    await recordExport(host.db, { ...taken, kind: kind.key, format, filters, rows: rows.length });
    if (record.patientId !== null) {
      await recordAccess(host.db, {
        ...taken,
        patientId: record.patientId,
        recordId: record.id,
        deed: 'export',
      });
    }
    const shown = { kind, labels, locale, rows };
    const title = `${labels.text(locale, `part.${kind.register.name}`)} ${record.no}`;
    ctx.attachment(`${fileNameOf(title)}.${format}`);
    ctx.set('Content-Type', EXPORT_TYPES[format]);
    ctx.body = exportTable(format, {
      sheetName: title,
      headers: registerHeads(shown),
      rows: texts(),
    });

    async function* texts(): AsyncGenerator<string[]> {
      for (const row of rows) yield await Promise.resolve(registerTexts(shown, row));
    }
  };
}
