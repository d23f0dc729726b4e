import type Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Views } from '#templates/views.ts';
import { cardDialog, openCardPage } from '../authenticators/index.ts';
import type { SignInDeps } from './deps.ts';
import { backToStep } from './dispatch.ts';
import { showPage } from './pages.ts';
import { type Journey, readJourney } from './service/journey.ts';
import { challengeCard } from './service/prove-card.ts';
import type { InteractionFacts } from './types.ts';
import { addressOf, subsystemLabel } from './view.ts';

/** The page on which a professional's card is the second factor; its form is among the other forms. */
export function addCardPage(
  router: Router<RequestState>,
  deps: SignInDeps,
  load: (ctx: Context, uid: string | undefined) => Promise<InteractionFacts>,
): void {
  const journeyOf = async (ctx: Context, uid: string | undefined): Promise<Journey> =>
    readJourney(deps, await load(ctx, uid));
  const isDue = ({ next, person }: Journey): boolean =>
    deps.cards !== undefined && next.step === 'second-factor' && person?.hasCard === true;

  router.get('/card', async (ctx) => {
    const journey = await journeyOf(ctx, ctx.params['uid']);
    if (!isDue(journey)) return backToStep(ctx, journey.facts);
    openCardPage(ctx.res);
    return showPage(ctx, deps, 'idp/card-factor', cardView(deps, journey, ctx.state.locale));
  });
  router.post('/card-challenge', async (ctx) => {
    const journey = await journeyOf(ctx, ctx.params['uid']);
    if (!isDue(journey)) throw new Fault('conflict');
    ctx.body = await challengeCard(deps, journey.facts);
  });
}

function cardView(
  { virtualCards }: SignInDeps,
  { facts, person }: Journey,
  locale: Locale,
): Views['idp/card-factor'] {
  const address = addressOf(facts);
  const asks = subsystemLabel(facts, locale);
  const virtual = virtualCards && {
    url: virtualCards.url,
    cards: virtualCards.forPerson(person?.loginName ?? '', locale),
  };
  const urls = {
    action: `${address}/card`,
    challengeUrl: `${address}/card-challenge`,
    kind: 'person' as const,
  };
  return {
    dialog: cardDialog({ ...urls, virtual }),
    ...(asks && { for: asks }),
    backUrl: address,
    errors: [],
  };
}
