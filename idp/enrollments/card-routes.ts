import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { CARD_TRIES, cardDialog, openCardPage, readCardAnswer } from '../authenticators/index.ts';
import { findUnit, unitLabel } from '../units/index.ts';
import { type Visit, readVisit, setVisit } from './cookies.ts';
import type { EnrollmentDeps } from './deps.ts';
import { PROGRESS, provenOf } from './proven.ts';
import {
  type CardOutcome,
  type CardServices,
  challengeCard,
  choosePaper,
  proveByCard,
} from './service/card.ts';
import type { Enrollment } from './types.ts';

const CARD = `${PROGRESS}/card`;

/** P-14: the institution's card, shown by whoever sent or looked up the application; or paper instead. */
export function cardRoutes(deps: EnrollmentDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: PROGRESS });
  const { renderer } = deps;

  /** The visit's application while a card is asked for; otherwise back to how it stands. */
  const waiting = async (ctx: Context): Promise<{ visit: Visit; enrollment: Enrollment } | undefined> => {
    const visit = readVisit(deps, ctx);
    const enrollment = await provenOf(deps, visit);
    if (enrollment?.status === 'pending_hca') return { visit, enrollment };
    seeOther(ctx, PROGRESS);
    return undefined;
  };

  router.get('/card', async (ctx) => {
    const found = await waiting(ctx);
    if (!found) return;
    const { visit, enrollment } = found;
    const unit = await findUnit(deps.db, enrollment.unitCode ?? '');
    if (!unit) throw new Fault('not_found');
    const { errors = [], ...rest } = visit;
    setVisit(deps, ctx, rest);
    const triesLeft = deps.cards ? CARD_TRIES - enrollment.hcaFailures : 0;
    if (triesLeft > 0) openCardPage(ctx.res);
    const page = { action: CARD, challengeUrl: `${CARD}-challenge`, kind: 'institution' as const };
    const { virtualCards } = deps;
    const virtual = virtualCards && {
      url: virtualCards.url,
      cards: virtualCards.forUnit(unit.code, ctx.state.locale),
    };
    ctx.type = 'html';
    ctx.body = renderer.page('idp/enrollment-card', deps.page(ctx), {
      unit: unitLabel(unit, ctx.state.locale),
      errors,
      triesLeft,
      ...(triesLeft > 0 && { dialog: cardDialog({ ...page, virtual }) }),
      paperUrl: `${PROGRESS}/paper`,
      progressUrl: PROGRESS,
    });
  });

  router.post('/card-challenge', async (ctx) => {
    const visit = readVisit(deps, ctx);
    const enrollment = await provenOf(deps, visit);
    const { cards } = deps;
    if (!cards || enrollment?.status !== 'pending_hca' || enrollment.hcaFailures >= CARD_TRIES) {
      throw new Fault('conflict');
    }
    ctx.body = await challengeCard(deps, enrollment.id, visit.nonce);
  });

  router.post('/card', async (ctx) => {
    const found = await waiting(ctx);
    const { cards } = deps;
    if (!found || !cards) return found ? seeOther(ctx, CARD) : undefined;
    const { visit, enrollment } = found;
    const answer = readCardAnswer(await readForm(ctx));
    const services: CardServices = { ...deps, cards };
    const caller = callerOf(ctx, deps.trustedProxyHops);
    const outcome = await proveByCard(services, enrollment.id, visit.nonce, answer, caller);
    if (outcome.opened) {
      setVisit(deps, ctx, { ...visit, status: { kind: 'success', key: 'enrollment-progress.opened' } });
      return seeOther(ctx, PROGRESS);
    }
    setVisit(deps, ctx, { ...visit, errors: [errorOf(outcome)] });
    return seeOther(ctx, CARD);
  });

  router.post('/paper', async (ctx) => {
    const found = await waiting(ctx);
    if (!found) return;
    const { visit, enrollment } = found;
    const chosen = await choosePaper(deps, enrollment.id, callerOf(ctx, deps.trustedProxyHops));
    const status = { kind: 'success' as const, key: 'enrollment-progress.paper-chosen' };
    setVisit(deps, ctx, chosen ? { ...visit, status } : visit);
    seeOther(ctx, PROGRESS);
  });
  return router;
}

function errorOf(outcome: Exclude<CardOutcome, { opened: true }>): FieldError {
  if ('failure' in outcome) {
    return { field: '', key: `hca-card.failed-${outcome.failure.toLowerCase()}` };
  }
  return { field: '', key: `enrollment-progress.card-${outcome.reason}` };
}
