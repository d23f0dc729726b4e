import type Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { cardDialog, openCardPage } from '../authenticators/index.ts';
import type { RecoveryRouteDeps } from './deps.ts';
import type { Visit } from './service/reset.ts';
import { challengeCard } from './service/second-factor.ts';
import { resetUrl } from './view.ts';

/** The page on which a professional's card is the second factor for a link; its form is among the other forms. */
export function addCardPage(
  router: Router<RequestState>,
  deps: RecoveryRouteDeps,
  read: (ctx: Context) => Promise<{ token: string; visit: Visit }>,
): void {
  const isDue = ({ next, link }: Visit): boolean =>
    deps.cards !== undefined && next.step === 'second-factor' && link?.owner.hasCard === true;

  router.get('/card', async (ctx) => {
    const { token, visit } = await read(ctx);
    if (!isDue(visit)) return seeOther(ctx, resetUrl(token));
    openCardPage(ctx.res);
    const { virtualCards } = deps;
    const virtual = virtualCards && {
      url: virtualCards.url,
      cards: virtualCards.forPerson(visit.link?.owner.loginName ?? '', ctx.state.locale),
    };
    const urls = { action: resetUrl(token, '/card'), challengeUrl: resetUrl(token, '/card-challenge') };
    ctx.type = 'html';
    ctx.body = deps.renderer.page('idp/card-factor', deps.gate.page(ctx, undefined), {
      dialog: cardDialog({ ...urls, kind: 'person', virtual }),
      backUrl: resetUrl(token),
      errors: [],
    });
  });
  router.post('/card-challenge', async (ctx) => {
    const { visit } = await read(ctx);
    if (!isDue(visit) || !visit.link) throw new Fault('conflict');
    ctx.body = await challengeCard(deps, visit.link);
  });
}
