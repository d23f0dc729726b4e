import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import { streamAttachment } from '#kit/http/attachment.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext, ViewName, Views } from '#templates/views.ts';
import { findDownload, listDownloads, listHelpEntries, readDownload } from './store.ts';
import type { HelpKind, Place } from './types.ts';
import { TEXT_PAGES, type TextPage, downloadsView, entriesView, siteMapView, textPageView } from './view.ts';

/** The portal's shell, as these pages need it; `Session` is whatever it knows a signed-in person by. */
export interface Shell<Session> {
  session(ctx: Context): Promise<Session | undefined>;
  requireSession(ctx: Context): Promise<Session | undefined>;
  page(ctx: Context, session: Session | undefined): PageContext;
}

export interface HelpRouteDeps<Session> {
  db: Db;
  renderer: Renderer;
  gate: Shell<Session>;
  /** What the site map lists for a signed-in person, or for anyone. */
  listPlaces: (isSignedIn: boolean) => { key: string; places: Place[] }[];
}

const ENTRY_PAGES: Record<string, HelpKind> = {
  '/questions': 'question',
  '/guide': 'guide',
  '/links': 'link',
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Q&A, guide, links, downloads, site map and the pages about the portal itself (P-01, P-05, C-01, C-02, X-01 to X-13). */
export function helpRoutes<Session>(deps: HelpRouteDeps<Session>): Router<RequestState> {
  const router = new Router<RequestState>();
  const { db, gate } = deps;

  const show = <V extends ViewName>(
    ctx: Context,
    session: Session | undefined,
    view: V,
    data: Views[V],
  ): void => {
    ctx.type = 'html';
    ctx.body = deps.renderer.page(view, gate.page(ctx, session), data);
  };

  for (const [path, kind] of Object.entries(ENTRY_PAGES)) {
    router.get(path, async (ctx) => {
      const [session, entries] = await Promise.all([gate.session(ctx), listHelpEntries(db, kind)]);
      show(ctx, session, 'idp/help-entries', entriesView(ctx.state.locale, kind, entries));
    });
  }

  for (const page of Object.keys(TEXT_PAGES) as TextPage[]) {
    router.get(`/${page}`, async (ctx) => {
      show(ctx, await gate.session(ctx), 'idp/text-page', textPageView(ctx.state.locale, page));
    });
  }

  router.get('/site-map', async (ctx) => {
    const session = await gate.session(ctx);
    show(ctx, session, 'idp/site-map', siteMapView(deps.listPlaces(session !== undefined)));
  });

  router.get('/downloads', async (ctx) => {
    const [session, files] = await Promise.all([gate.session(ctx), listDownloads(db)]);
    show(ctx, session, 'idp/downloads', downloadsView(ctx.state.locale, files, session !== undefined));
  });

  router.get('/downloads/:id', async (ctx) => {
    const id = ctx.params['id'] ?? '';
    if (!UUID.test(id)) throw new Fault('not_found');
    const file = await findDownload(db, id, (await gate.session(ctx)) !== undefined);
    if (!file) throw new Fault('not_found');
    if (file === 'needs_sign_in') await gate.requireSession(ctx);
    else streamAttachment(ctx, file, (from, length) => readDownload(db, { ...file, id }, from, length));
  });
  return router;
}
