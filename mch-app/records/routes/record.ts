import { Fault } from '#kit/errors.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { Reshow } from '../../kept-forms/index.ts';
import { recordAccess } from '../../patients/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../../sessions/index.ts';
import { allFields, splitRowField } from '../groups.ts';
import { type UnitNames, findUnitNames } from '../../units/index.ts';
import { mayWithKind } from '../policy.ts';
import { type ReviewDeed, decideRecord, removeDraft } from '../service/decide.ts';
import { parentOf, parentsOf } from '../service/read.ts';
import { personShown } from '../service/shown.ts';
import { listChildren } from '../store/envelope.ts';
import { readRegister } from '../store/register.ts';
import { type RecordVersion, listVersions } from '../store/versions.ts';
import type { Actor, Fields, FullRecord } from '../types.ts';
import { deedsOf, headOf, may, partsOf, trailOf } from '../view/record.ts';
import { fieldLabel, rowTables } from '../view/rows.ts';
import { versionsFor } from '../history.ts';
import { registerTable } from '../view/register.ts';
import { stateTag } from '../view/state.ts';
import { showTyped } from '../view/value.ts';
import { filesOf } from './files.ts';
import { recordAsked, versionAsked } from './form.ts';
import type { KindPages } from './host.ts';
import { besideOf } from './beside.ts';
import { reader, seenBy } from './list.ts';

const MAX_NOTE = 500;

/** GET of a record: what it says, what belongs to it, what may be done. Looking is recorded. */
export function showRecord(
  pages: KindPages,
  deed: 'view' | 'print' = 'view',
  typed: { deed: string; note: string } = { deed: '', note: '' },
): Handler {
  return async (ctx) => {
    const { host, kind, labels } = pages;
    const actor = reader(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const { locale } = ctx.state;
    const now = host.clock();
    const person = await personShown(host.db, actor, record);
    const shown = { kind, labels, locale, record, person, now };
    const session = sessionOf(ctx);
    const path = `/${kind.path}/${record.no}`;
    if (person) {
      await recordAccess(host.db, {
        ...seenBy(actor),
        patientId: person.id,
        recordId: record.id,
        deed,
        at: now,
      });
    }
    const rows = await readRegister(host.db, kind, record);
    tellDone(ctx);
    host.show(ctx, 'mch-app/record', {
      ...host.frameOf(ctx, kind.path),
      head: headOf(shown),
      parts: partsOf(shown),
      tables: [...rowTables(kind, labels, locale, record), ...registerTable({ kind, labels, locale, rows })],
      exports:
        deed === 'view' && rows.length > 0 && mayWithKind(actor, kind, 'export')
          ? ['xlsx', 'ods'].map((format) => ({ format, url: `${path}/register?format=${format}` }))
          : [],
      files: deed === 'print' ? [] : await filesOf(pages, ctx, actor, record),
      children: await childrenOf(pages, ctx, actor, record),
      parent: await parentLink(pages, ctx, actor, record),
      trail: trailOf(shown),
      note: record.reviewNote,
      deeds: deed === 'print' ? [] : deedsOf(shown, actor, typed),
      beside: deed === 'print' ? undefined : await besideOf(pages, actor, record),
      editUrl: deed === 'view' && may('edit', record, kind, actor, now) ? `${path}/edit` : '',
      printUrl: deed === 'view' ? `${path}/print` : '',
      pdfUrl: `${path}/pdf`,
      historyUrl: `${path}/history`,
      acting: session.account.id,
      generation: session.generation,
      version: record.version,
      printedBy: deed === 'print' ? actor.personName : '',
      printedAt: now,
      unit: actor.unit.name,
    });
  };
}

/** GET of a record's versions, each with what it changed. */
export function showHistory(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind, labels } = pages;
    const actor = reader(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const { locale } = ctx.state;
    const now = host.clock();
    const person = await personShown(host.db, actor, record);
    if (person) {
      const look = { ...seenBy(actor), patientId: person.id, recordId: record.id, deed: 'view' as const };
      await recordAccess(host.db, { ...look, at: now });
    }
    const fields = allFields(kind);
    const versions = versionsFor(actor, record, await listVersions(host.db, record.id));
    const units = await unitsIn(host.db, fields, versions);
    host.show(ctx, 'mch-app/record-history', {
      ...host.frameOf(ctx, kind.path),
      head: headOf({ kind, labels, locale, record, person, now }),
      recordUrl: `/${kind.path}/${record.no}`,
      versions: versions.map(({ version, at, byName, deed, note, changes }) => ({
        version,
        at,
        who: byName,
        deed: translate(locale, `records.did-${deed}`),
        note,
        changes: changes.flatMap(({ field, before, after }) => {
          const of = fields[field];
          const said = (text: string): string =>
            of ? showTyped(labels, locale, splitRowField(field)?.name ?? field, of, text, units) : text;
          return of
            ? [{ label: fieldLabel(kind, labels, locale, field), before: said(before), after: said(after) }]
            : [];
        }),
      })),
    });
  };
}

/** The names of units that versions mention. */
async function unitsIn(
  db: KindPages['host']['db'],
  fields: Fields,
  versions: readonly RecordVersion[],
): Promise<UnitNames> {
  const codes = versions
    .flatMap(({ changes }) => changes)
    .filter(({ field }) => fields[field]?.kind === 'unit')
    .flatMap(({ before, after }) => [before, after]);
  return findUnitNames(db, codes);
}

/** POST of a decision about a record. */
export function decideOn(pages: KindPages, deed: ReviewDeed | 'remove', needsNote: boolean): Handler {
  const { host, kind } = pages;
  return host.actingForm(async (ctx, form) => {
    const actor = reader(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const path = `/${kind.path}/${record.no}`;
    const note = form.get('note').normalize('NFC').trim();
    if (Array.from(note).length > MAX_NOTE) throw new Fault('bad_request');
    if (needsNote && note === '') return seeOther(ctx, `${path}?done=note-needed`);
    const decided =
      deed === 'remove'
        ? await removeDraft(host, kind, actor, record.no)
        : await decideRecord(host, kind, actor, { no: record.no, version: versionAsked(form) }, deed, note);
    const list = deed === 'remove' && decided.done ? `/${kind.path}` : path;
    seeOther(ctx, `${list}?done=${decided.done ? deed : 'not-possible'}`);
  });
}

/** The record as it is now, with the note of a decision as it was typed before. */
export function deedAsTyped(pages: KindPages, deed: ReviewDeed | 'remove'): Reshow {
  return (ctx, form) => showRecord(pages, 'view', { deed, note: form.get('note') })(ctx);
}

/** What a deed that led here says of itself. */
function tellDone(ctx: SignedInContext): void {
  const done = new URLSearchParams(ctx.querystring).get('done');
  const key = `records.done-${done ?? ''}`;
  if (!hasText(ctx.state.locale, key)) return;
  const isRefusal = done?.startsWith('file-') || done === 'not-possible' || done === 'note-needed';
  sessionOf(ctx).notice = { kind: isRefusal ? 'warning' : 'success', key };
}

async function childrenOf(
  { host, area, kind }: KindPages,
  ctx: SignedInContext,
  actor: Actor,
  record: FullRecord,
) {
  const now = host.clock();
  const { locale } = ctx.state;
  const kinds = area.kinds.filter(
    (one) => parentsOf(one).includes(kind.key) && mayWithKind(actor, one, 'read'),
  );
  return Promise.all(
    kinds.map(async (child) => {
      const records = await listChildren(host.db, child, actor.scope, record.id);
      const isFull = child.onePerParent && records.length > 0;
      const isOpen = record.state !== 'draft' && record.state !== 'closed';
      const mayAdd = isOpen && !isFull && mayWithKind(actor, child, 'create');
      return {
        label: host.frameOf(ctx, child.path).title,
        newUrl: mayAdd ? `/${child.path}/new?parent=${record.no}` : '',
        records: records.map((one) => {
          const tag = stateTag(one, child, now);
          return {
            url: `/${child.path}/${one.no}`,
            text: `${one.no} · ${one.serviceOn} · ${one.unitName}`,
            state: { text: translate(locale, tag.key), tone: tag.tone },
          };
        }),
      };
    }),
  );
}

async function parentLink({ host, kind }: KindPages, ctx: SignedInContext, actor: Actor, record: FullRecord) {
  const parent = await parentOf(host, host.db, kind, actor, record);
  if (!parent) return undefined;
  const { path } = host.kindOf(parent.kind);
  const mayRead = actor.rights(path).includes('R');
  return {
    label: `${host.frameOf(ctx, path).title} ${parent.no}`,
    url: mayRead ? `/${path}/${parent.no}` : '',
  };
}
