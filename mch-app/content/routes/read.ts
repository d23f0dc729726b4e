import { Fault } from '#kit/errors.ts';
import { streamAttachment } from '#kit/http/attachment.ts';
import { type ListDefinition, listAddress, parseList, sealCursor } from '#kit/list.ts';
import type { FormRoute } from '../../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../../sessions/index.ts';
import type { ContentHost } from '../host.ts';
import { KINDS } from '../kinds.ts';
import { findContent, findFile, listContent, markSeen, readSlice } from '../store/read.ts';
import type { ContentKind, Reader } from '../types.ts';
import { categoryText, entryView } from '../view.ts';
import { idIn } from './id.ts';

const PAGE_SIZE = 15;
const MAX_KEYWORD = 50;

/** M-03, M-04: the list of each type, one entry, its files. Each shows only what the account is told. */
export function readingRoutes(host: ContentHost): FormRoute[] {
  return KINDS.flatMap((kind): FormRoute[] => {
    const only = (handle: Handler): Handler => {
      return async (ctx) => {
        if (!host.rights(ctx, kind.place).includes('R')) throw new Fault('forbidden');
        await handle(ctx);
      };
    };
    const get = (below: string, handle: Handler): FormRoute => ({
      method: 'get',
      path: `/${kind.place}${below}`,
      handle: only(handle),
    });
    return [
      get('', showList(host, kind)),
      get('/:id', showEntry(host, kind)),
      get('/:id/files/:file', sendFile(host, kind)),
    ];
  });
}

/** What of the session decides over what is told. */
export function readerOf(ctx: SignedInContext, now: Date): Reader {
  const { id, duty, menuRoles, unit } = sessionOf(ctx).account;
  return { accountId: id, duty, menuRoles, unitCode: unit.code, unitKind: unit.kind, now };
}

function definitionOf({ type, categories }: ContentKind): ListDefinition<'category' | 'q', 'place'> {
  return {
    name: `content-${type}`,
    filters: { category: { pattern: new RegExp(`^(${categories.join('|')})$`) }, q: { max: MAX_KEYWORD } },
    sorts: ['place'],
    defaultSort: 'place',
    defaultDescending: true,
  };
}

function showList(host: ContentHost, kind: ContentKind): Handler {
  const definition = definitionOf(kind);
  const path = `/${kind.place}`;
  return async (ctx) => {
    const { locale } = ctx.state;
    const request = parseList(definition, ctx.querystring, host.keyring);
    const { category, q } = request.filters;
    const reader = readerOf(ctx, host.clock());
    const found =
      request.faults.length > 0
        ? { total: 0, lines: [] }
        : await listContent(host.db, reader, {
            kind,
            category,
            keyword: q,
            after: request.after,
            limit: PAGE_SIZE + 1,
          });
    if (request.faults.length > 0) ctx.status = 422;
    const isWhole = ctx.querystring === '';
    if (kind.type === 'announcement' && isWhole) await markSeen(host.db, reader.accountId, reader.now);
    const lines = found.lines.slice(0, PAGE_SIZE);
    const last = found.lines.length > PAGE_SIZE ? lines.at(-1) : undefined;
    const position = last && { value: last.position, id: last.id };
    host.show(ctx, 'mch-app/content-list', {
      ...host.frameOf(ctx, kind.place),
      kind: kind.type,
      keyword: q ?? '',
      isNarrowed: Object.keys(request.filters).length > 0,
      categories: kind.categories.map((value) => ({
        value,
        label: categoryText(locale, kind.type, value),
        selected: value === category,
      })),
      total: found.total,
      lines: lines.map((line) => entryView(kind, line, locale, kind.isReadInList)),
      firstUrl: request.after ? listAddress(path, request) : '',
      nextUrl: position
        ? listAddress(path, request, { after: sealCursor(definition.name, request, position, host.keyring) })
        : '',
    });
  };
}

function showEntry(host: ContentHost, kind: ContentKind): Handler {
  return async (ctx) => {
    const reader = readerOf(ctx, host.clock());
    const content = await findContent(host.db, reader, kind, idIn(ctx, 'id'));
    if (!content) throw new Fault('not_found');
    host.show(ctx, 'mch-app/content', {
      ...host.frameOf(ctx, kind.place),
      ...entryView(kind, content, ctx.state.locale, true),
      kind: kind.type,
      listUrl: `/${kind.place}`,
    });
  };
}

function sendFile(host: ContentHost, kind: ContentKind): Handler {
  return async (ctx) => {
    const of = { kind, contentId: idIn(ctx, 'id'), id: idIn(ctx, 'file') };
    const file = await findFile(host.db, readerOf(ctx, host.clock()), of);
    if (!file) throw new Fault('not_found');
    streamAttachment(ctx, file, (from, length) => readSlice(host.db, of.id, from, length));
  };
}
