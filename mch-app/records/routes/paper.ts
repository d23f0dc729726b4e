import { fileNameOf } from '#kit/file-type.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import { recordAccess } from '../../patients/index.ts';
import type { Handler } from '../../sessions/index.ts';
import { personShown } from '../service/shown.ts';
import { readRegister } from '../store/register.ts';
import { headOf, partsOf, trailOf } from '../view/record.ts';
import { registerTable } from '../view/register.ts';
import { rowTables } from '../view/rows.ts';
import { recordAsked } from './form.ts';
import type { KindPages } from './host.ts';
import { reader, seenBy } from './list.ts';

/** GET of a record as a PDF: what its page says, whom it was printed by and when. Printing is recorded. */
export function sendPaper(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind, labels } = pages;
    const actor = reader(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const { locale } = ctx.state;
    const now = host.clock();
    const t = (key: string, params = {}): string => translate(locale, `records.${key}`, params);
    const person = await personShown(host.db, actor, record);
    if (person) {
      const looked = { patientId: person.id, recordId: record.id, deed: 'print' as const, at: now };
      await recordAccess(host.db, { ...seenBy(actor), ...looked });
    }
    const shown = { kind, labels, locale, record, person, now };
    const head = headOf(shown);
    const rows = await readRegister(host.db, kind, record);
    const made = registerTable({ kind, labels, locale, rows });
    const tables = [...rowTables(kind, labels, locale, record), ...made].map(({ label, rows }) => ({
      label,
      facts: rows.map((row) => ({
        label: row.label,
        text: row.cells
          .filter(({ text }) => text !== '')
          .map((cell) => `${cell.label}: ${cell.text}`)
          .join('\n'),
      })),
    }));
    const trail = trailOf(shown).map(({ label, text, at }) => ({
      label,
      text: `${text} ${formatDateTime(locale, at)}`,
    }));
    // some papers have a name of their own, such as the slip a child is sent on with
    const named = `paper.${kind.key}`;
    const title = labels.has(named) ? labels.text(locale, named) : host.frameOf(ctx, kind.path).title;
    // the library that draws is large and rarely asked for
    const { drawRecord } = await import('../pdf.ts');
    const paper = await drawRecord({
      locale,
      title: `${title} ${record.no}`,
      unit: `(${actor.unit.code})${actor.unit.name}`,
      printed: `${t('printed', { who: actor.personName, unit: actor.unit.name })} ${formatDateTime(locale, now)}`,
      at: now,
      lines: [
        [head.person, head.idHint].filter(Boolean).join(' '),
        `${t('unit')}: ${head.unit}`,
        `${head.state.text} ${head.lock}`,
      ].filter((line) => line !== ''),
      parts: [...partsOf(shown), ...tables, { label: t('facts'), facts: trail }],
      pageOf: (page, count) => t('page-of', { page, count }),
    });
    ctx.attachment(`${fileNameOf(title)}-${record.no}.pdf`);
    ctx.set('Content-Type', 'application/pdf');
    ctx.body = paper;
  };
}
