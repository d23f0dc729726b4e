import type Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { callerOf } from '../audit/index.ts';
import {
  ProviderUnavailable,
  type UpstreamDeps,
  depart,
  giveBrowser,
  providersNamed,
  proveByProvider,
  readBrowser,
} from '../federation/index.ts';
import type { SignInDeps } from './deps.ts';
import { advance } from './dispatch.ts';
import { showPage } from './pages.ts';
import { retry } from './progress.ts';
import { type Journey, readJourney } from './service/journey.ts';
import type { InteractionFacts } from './types.ts';
import { addressOf, buttonsOf } from './view.ts';
import { wishesOf } from './wishes.ts';

const MAX_NAMED = 120;

/** Signing in with the provider of one's own institution: finding it, going there, coming back. */
export function addUpstreamRoutes(
  router: Router<RequestState>,
  deps: SignInDeps,
  load: (ctx: Context, uid: string | undefined) => Promise<InteractionFacts>,
): void {
  const { upstream } = deps;
  if (!upstream) return;

  /** Only while a sign-in is what is due; otherwise the browser is led to what is. */
  const whileDue =
    (run: (ctx: Context, journey: Journey) => Promise<void>) =>
    async (ctx: Context & { params: Record<string, string> }): Promise<void> => {
      const journey = await readJourney(deps, await load(ctx, ctx.params['uid']));
      if (journey.next.step !== 'password') return seeOther(ctx, addressOf(journey.facts));
      return run(ctx, journey);
    };

  router.get(
    '/institution',
    whileDue((ctx, { facts }) => {
      const named = (new URLSearchParams(ctx.querystring).get('q') ?? '').slice(0, MAX_NAMED).toWellFormed();
      const found = providersNamed(upstream.providers.list(), named);
      return Promise.resolve(
        showPage(ctx, deps, 'idp/institution', {
          action: `${addressOf(facts)}/institution`,
          named,
          errors: [],
          asked: named.trim() !== '',
          institutions: buttonsOf(facts, found, ctx.state.locale),
          backUrl: addressOf(facts),
        }),
      );
    }),
  );

  router.get(
    '/upstream',
    whileDue(async (ctx, { facts }) => {
      const provider = upstream.providers.find(new URLSearchParams(ctx.querystring).get('provider') ?? '');
      if (!provider) throw new Fault('not_found');
      const browser = giveBrowser(ctx, upstream.config);
      const journey = { purpose: 'sign_in' as const, within: facts.uid, browser };
      try {
        const wishes = wishesOf(facts, provider, ctx.state.locale);
        seeOther(ctx, (await depart(upstream, provider, journey, wishes)).href);
      } catch (error) {
        if (!(error instanceof ProviderUnavailable)) throw error;
        await tell(ctx, deps, facts, 'unavailable');
      }
    }),
  );

  router.get(
    '/upstream/arrival',
    whileDue((ctx, { facts }) => arriveAt(ctx, deps, upstream, facts)),
  );
}

async function arriveAt(
  ctx: Context,
  deps: SignInDeps,
  upstream: UpstreamDeps,
  facts: InteractionFacts,
): Promise<void> {
  const where = { within: facts.uid, browser: readBrowser(ctx, upstream.config) };
  const caller = callerOf(ctx, deps.trustedProxyHops);
  const proof = await proveByProvider(upstream, where, { clientId: facts.clientId, caller });
  if (!proof) return seeOther(ctx, addressOf(facts));
  if (proof.kind === 'failed') return tell(ctx, deps, facts, proof.failure);
  if (proof.kind === 'unlinked') {
    const { code, manifest } = proof.provider;
    return showPage(ctx, deps, 'idp/upstream-unlinked', {
      provider: manifest.name[ctx.state.locale],
      known: [proof.facts.name, proof.facts.email].filter((fact) => fact !== undefined),
      linkUrl: `/account/links?provider=${encodeURIComponent(code)}`,
      enrollAction: '/enrollment/institution',
      backUrl: addressOf(facts),
    });
  }
  const { accountId, amr, authTime, tie } = proof;
  return advance(ctx, deps, facts, { accountId, amr, authenticatedAt: authTime, upstream: tie });
}

/** Back at the sign-in page, what became of it is said there, above the other ways. */
async function tell(ctx: Context, deps: SignInDeps, facts: InteractionFacts, why: string): Promise<void> {
  const key = `upstream.failed-${why.replaceAll('_', '-')}`;
  await deps.port.save(ctx, facts, retry(facts.progress, [{ field: '', key }]));
  seeOther(ctx, addressOf(facts));
}
