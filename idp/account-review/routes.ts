import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { ConsoleRouter, reachOf } from '../permissions/index.ts';
import { REVIEWS, reviewList } from './list.ts';
import { confirmAccount } from './service/confirm.ts';
import { progressByCounty } from './store/items.ts';
import { findRound } from './store/rounds.ts';
import type { ReviewDeps } from './types.ts';
import { progressView } from './view.ts';

const MOST = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** §5.2: the half-yearly review of accounts. */
export function accountReviewRoutes(deps: ListDeps & Pick<ReviewDeps, 'db' | 'clock'>): ConsoleRouter {
  const { db, console, renderer, config } = deps;
  const router = new ConsoleRouter(console);
  addConsoleList(router, deps, reviewList(db));

  router.post(`${REVIEWS}/bulk`, 'account_reviews.answer', async (ctx, caller) => {
    const form = await readForm(ctx);
    const ids = [...new Set(form.all('id'))];
    if (ids.length === 0 || ids.length > MOST || !ids.every((id) => UUID.test(id)))
      throw new Fault('bad_request');
    if (form.get('deed') === 'disabling') {
      // disabling has rules of its own: the same form goes on to where they are
      ctx.status = 307;
      ctx.set('Location', '/console/accounts/bulk');
      return;
    }
    if (form.get('deed') !== 'needed') throw new Fault('bad_request');
    const refusals: string[] = [];
    for (const id of ids) {
      const refusal = await confirmAccount(deps, caller, id, callerOf(ctx, config.trustedProxyHops));
      if (refusal === 'unknown_item') throw new Fault('not_found');
      if (refusal) refusals.push(refusal);
    }
    seeOther(
      ctx,
      `${REVIEWS}?state=open&done=${refusals[0] === undefined ? 'confirmed' : `not-${refusals[0]}`}`,
    );
  });

  router.get(`${REVIEWS}/progress`, 'account_reviews.read', async (ctx, caller) => {
    const reach = reachOf(caller, 'account_reviews.read');
    if (!reach) throw new Fault('forbidden');
    const { locale } = ctx.state;
    const view = progressView(locale, await findRound(db), await progressByCounty(db, reach));
    const crumbs = [
      { label: translate(locale, 'console-account-reviews.title'), url: REVIEWS },
      { label: translate(locale, `${view.area}.title`) },
    ];
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-case', console.page(ctx, caller, { crumbs }), view);
  });
  return router;
}
