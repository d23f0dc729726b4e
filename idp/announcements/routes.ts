import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { streamAttachment } from '#kit/http/attachment.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { CATEGORIES } from './draft.ts';
import { isUuid, readCursor } from './policy.ts';
import { findAnnouncement, findAttachment, listAnnouncements, readAttachment } from './store/read.ts';
import { markAnnouncementsSeen } from './store/seen.ts';
import type { AnnouncementKind, Reader } from './types.ts';
import { ADDRESS, type Asked, PORTAL_SYSTEM, detailView, listView } from './view.ts';

const PAGE_SIZE = 15;
const MAX_KEYWORD = 50;

export interface AnnouncementRouteDeps {
  db: Db;
  clock: Clock;
  registry: ClientRegistry;
  renderer: Renderer;
  /** The portal's shell: who reads, and the page around. */
  gate: {
    session(ctx: Context): Promise<{ accountId: string } | undefined>;
    page(ctx: Context, session: { accountId: string } | undefined): PageContext;
  };
}

/** Announcements (P-04, P-25) and events (C-06): list, detail, attachments. Each shows only what its reader may see. */
export function announcementRoutes(deps: AnnouncementRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  for (const kind of ['announcement', 'event'] as const) mount(router, deps, kind);
  return router;
}

function mount(router: Router<RequestState>, deps: AnnouncementRouteDeps, kind: AnnouncementKind): void {
  const { db, registry, renderer, gate } = deps;
  const read = async (ctx: Context) => {
    const session = await gate.session(ctx);
    const reader: Reader = { accountId: session?.accountId, now: deps.clock() };
    return { session, reader };
  };

  router.get(ADDRESS[kind], async (ctx) => {
    const { session, reader } = await read(ctx);
    const query = new URLSearchParams(ctx.querystring);
    const asked = readAsked(registry, query);
    const olderThan = readCursor(query.get('before') ?? '');
    const page = await listAnnouncements(db, reader, {
      kind,
      ...asked,
      ...(olderThan && { olderThan }),
      limit: PAGE_SIZE,
      counted: true,
    });
    if (session && kind === 'announcement') {
      await markAnnouncementsSeen(db, session.accountId, reader.now);
    }
    const view = listView(registry, ctx.state.locale, kind, asked, { ...page, isFirst: !olderThan });
    ctx.type = 'html';
    ctx.body = renderer.page('idp/announcements', gate.page(ctx, session), view);
  });

  router.get(`${ADDRESS[kind]}/:id`, async (ctx) => {
    const { session, reader } = await read(ctx);
    const found = await findAnnouncement(db, reader, kind, uuid(ctx.params['id']));
    if (!found) throw new Fault('not_found');
    const view = detailView(registry, ctx.state.locale, found);
    ctx.type = 'html';
    ctx.body = renderer.page('idp/announcement', gate.page(ctx, session), view);
  });

  router.get(`${ADDRESS[kind]}/:id/attachments/:file`, async (ctx) => {
    const { reader } = await read(ctx);
    const id = uuid(ctx.params['file']);
    const file = await findAttachment(db, reader, uuid(ctx.params['id']), id);
    if (!file) throw new Fault('not_found');
    streamAttachment(ctx, file, (from, length) => readAttachment(db, id, from, length));
  });
}

/** Only what the form offers; anything else counts as not asked. */
function readAsked(registry: ClientRegistry, query: URLSearchParams): Asked {
  const category = CATEGORIES.find((known) => known === query.get('category')) ?? '';
  const system = query.get('system') ?? '';
  const isKnown = system === PORTAL_SYSTEM || registry.subsystem(system) !== undefined;
  const keyword = (query.get('q') ?? '').replaceAll('\0', '').trim().slice(0, MAX_KEYWORD);
  return { category, system: isKnown ? system : '', keyword };
}

/** @throws Fault not_found for what cannot be an id of ours */
function uuid(text = ''): string {
  if (!isUuid(text)) throw new Fault('not_found');
  return text;
}
