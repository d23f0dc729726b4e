import type Router from '@koa/router';
import type { RouterMiddleware } from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Caller } from '../audit/index.ts';
import { type CardVerifier, cardDialog, openCardPage, readCardAnswer } from '../authenticators/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { VirtualCards } from '../virtual-cards/index.ts';
import { addCard, startCard } from './service/cards.ts';
import type { FactorDeps } from './service/deps.ts';
import { SECURITY } from './view.ts';

const CARD = `${SECURITY}/card`;
const MAX_ECHOED = 64;

type Run = (ctx: Context, session: BrowserSession) => Promise<void>;

export interface CardRouteDeps extends FactorDeps {
  issuer: string;
  cards?: CardVerifier | undefined;
  virtualCards?: VirtualCards | undefined;
}

/** The page that registers a professional's card; there where cards are taken. */
export function addCardRoutes(
  router: Router<RequestState>,
  deps: CardRouteDeps,
  page: {
    freshly: (run: Run) => RouterMiddleware<RequestState>;
    show: (ctx: Context, session: BrowserSession, data: Views['idp/own-card']) => void;
    callerOf: (ctx: Context) => Caller;
  },
): void {
  const { cards, virtualCards } = deps;
  if (!cards) return;
  const draw = (
    ctx: Context,
    session: BrowserSession,
    { name, errors }: { name: string; errors: FieldError[] },
  ): void => {
    openCardPage(ctx.res);
    if (errors.length > 0) ctx.status = 422;
    const virtual = virtualCards && {
      url: virtualCards.url,
      cards: virtualCards.forPerson(session.loginName, ctx.state.locale),
    };
    const urls = { action: CARD, challengeUrl: `${CARD}-challenge`, kind: 'person' as const };
    page.show(ctx, session, { dialog: cardDialog({ ...urls, virtual }), name, errors, backUrl: SECURITY });
  };

  router.get(
    '/card',
    page.freshly((ctx, session) => Promise.resolve(draw(ctx, session, { name: '', errors: [] }))),
  );
  router.post(
    '/card-challenge',
    page.freshly(async (ctx, session) => {
      ctx.body = await startCard(deps, session);
    }),
  );
  router.post(
    '/card',
    page.freshly(async (ctx, session) => {
      const form = await readForm(ctx);
      const typed = { answer: readCardAnswer(form), name: form.get('name') };
      const failure = await addCard({ ...deps, cards }, session, typed, page.callerOf(ctx));
      if (failure === undefined) return seeOther(ctx, `${SECURITY}?done=added`);
      const errors = [{ field: '', key: `hca-card.failed-${failure.toLowerCase()}` }];
      return draw(ctx, session, { name: typed.name.slice(0, MAX_ECHOED).toWellFormed(), errors });
    }),
  );
}
