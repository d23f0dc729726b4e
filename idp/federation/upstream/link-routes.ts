import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext, Views } from '#templates/views.ts';
import { callerOf } from '../../audit/index.ts';
import { ACR_MFA, satisfiesAcr } from '../../authenticators/index.ts';
import type { BrowserSession } from '../../sessions/index.ts';
import { giveBrowser, readBrowser } from './browser.ts';
import { ProviderUnavailable } from './unavailable.ts';
import type { UpstreamDeps } from './deps.ts';
import { peekArrival } from './service/arrive.ts';
import { createLink, departToLink, getLink, readLinks, removeLink } from './service/link.ts';
import { provesTwoFactors } from './service/second-factor.ts';
import { LINKS, confirmationView, linkRow, linksView } from './view.ts';

export interface LinkRouteDeps extends UpstreamDeps {
  config: UpstreamDeps['config'] & { trustedProxyHops: number };
  renderer: Renderer;
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    freshSession(ctx: Context, deed: 'read' | 'write', back?: string): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

const DONE = ['added', 'removed'];
const TROUBLE = [
  ...['cancelled', 'unavailable', 'refused', 'not-asked-again', 'ended', 'gone'],
  ...['taken', 'linked-otherwise', 'not-vouched', 'begun-before-parting'],
];

type Visit = Context & { params: Record<string, string> };
type Run = (ctx: Visit, session: BrowserSession) => Promise<void>;

/** The accounts a person has at institutions' providers: the list, and what changes it, freshly signed in. */
export function linkRoutes(deps: LinkRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: LINKS });
  const caller = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);
  const wordIn = (ctx: Context, name: string, words: string[]): string | undefined => {
    const word = new URLSearchParams(ctx.querystring).get(name) ?? '';
    return words.includes(word) ? word : undefined;
  };

  /** Freshly, and with a second factor by whoever has one: a link is one more way to sign in as them. */
  const freshly = (run: Run) => async (ctx: Visit) => {
    const isRead = ctx.method === 'GET';
    const session = await deps.gate.freshSession(ctx, isRead ? 'read' : 'write', isRead ? ctx.url : LINKS);
    if (!session) return;
    if (!satisfiesAcr(session.acr, ACR_MFA) && (await provesTwoFactors(deps.db, session.accountId))) {
      const back = encodeURIComponent(isRead ? ctx.url : LINKS);
      return seeOther(ctx, `/sign-in?fresh=yes&factor=yes&return_to=${back}`);
    }
    await run(ctx, session);
  };
  const show = <V extends keyof Views>(
    ctx: Context,
    session: BrowserSession,
    view: V,
    data: Views[V],
    page: Partial<PageContext> = {},
  ): void => {
    ctx.type = 'html';
    ctx.body = deps.renderer.page(view, { ...deps.gate.page(ctx, session), ...page }, data);
  };

  router.get('/', async (ctx) => {
    const session = await deps.gate.requireSession(ctx);
    if (!session) return;
    const done = wordIn(ctx, 'done', DONE);
    const trouble = wordIn(ctx, 'failed', TROUBLE);
    const status = done
      ? { status: { kind: 'success' as const, key: `upstream.${done}` } }
      : trouble && { status: { kind: 'error' as const, key: `upstream.failed-${trouble}` } };
    const wanted = new URLSearchParams(ctx.querystring).get('provider') ?? '';
    const own = await readLinks(deps, session.accountId);
    show(ctx, session, 'idp/links', linksView(own, ctx.state.locale, wanted), {
      path: LINKS,
      ...(status !== undefined && status),
    });
  });

  router.get(
    '/departure',
    freshly(async (ctx, session) => {
      // another site's link or form may not begin this
      if (['cross-site', 'same-site'].includes(ctx.get('sec-fetch-site'))) return seeOther(ctx, LINKS);
      const code = new URLSearchParams(ctx.querystring).get('provider') ?? '';
      const browser = giveBrowser(ctx, deps.config);
      try {
        const url = await departToLink(deps, session, code, { browser, locale: ctx.state.locale });
        seeOther(ctx, url.href);
      } catch (error) {
        if (!(error instanceof ProviderUnavailable)) throw error;
        seeOther(ctx, `${LINKS}?failed=unavailable`);
      }
    }),
  );

  router.get(
    '/arrival',
    freshly(async (ctx, session) => {
      const browser = readBrowser(ctx, deps.config);
      const arrival = await peekArrival(deps, { browser, purpose: 'link', within: session.uid });
      if (!arrival?.ok) {
        return seeOther(ctx, `${LINKS}?failed=${(arrival?.failure ?? 'gone').replaceAll('_', '-')}`);
      }
      const provider = deps.providers.find(arrival.subject.provider);
      if (!provider) throw new Fault('not_found');
      show(
        ctx,
        session,
        'idp/link-confirmation',
        confirmationView(arrival.subject, provider, session, ctx.state.locale),
      );
    }),
  );
  router.post(
    '/',
    freshly(async (ctx, session) => {
      const refused = await createLink(deps, session, readBrowser(ctx, deps.config), caller(ctx));
      seeOther(ctx, `${LINKS}?${refused ? `failed=${refused.replaceAll('_', '-')}` : 'done=added'}`);
    }),
  );

  router.get(
    '/:id/removal',
    freshly(async (ctx, session) => {
      const link = await getLink(deps, session.accountId, ctx.params['id'] ?? '');
      const provider = deps.providers.list().find(({ code }) => code === link.providerCode);
      show(ctx, session, 'idp/link-removal', {
        ...linkRow({ link, provider }, ctx.state.locale),
        backUrl: LINKS,
      });
    }),
  );
  router.post(
    '/:id/removal',
    freshly(async (ctx, session) => {
      await removeLink(deps, session, ctx.params['id'] ?? '', caller(ctx));
      seeOther(ctx, `${LINKS}?done=removed`);
    }),
  );
  return router;
}
