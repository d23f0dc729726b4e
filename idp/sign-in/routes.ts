import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { negotiateLocale } from '#kit/http/locale.ts';
import { sendMedia } from '#kit/http/send-media.ts';
import { type Caller, callerOf } from '../audit/index.ts';
import { captchaImage, captchaSpeech, readCardAnswer } from '../authenticators/index.ts';
import { addCardPage } from './card-routes.ts';
import { addUpstreamRoutes } from './upstream-routes.ts';
import type { SignInDeps } from './deps.ts';
import { advance, backToStep, dispatch } from './dispatch.ts';
import { retry, settled } from './progress.ts';
import { captchaDeps } from './service/captcha.ts';
import { changePassword } from './service/change-password.ts';
import { mayActAs } from './service/choose-account.ts';
import { enrolPasskey } from './service/enrol-passkey.ts';
import { enrolSecondFactor } from './service/enrol-second-factor.ts';
import { decideConsent } from './service/consent.ts';
import { readJourney } from './service/journey.ts';
import { proveCard } from './service/prove-card.ts';
import { challengePasskey, provePasskey } from './service/prove-passkey.ts';
import { provePassword } from './service/prove-password.ts';
import { proveSecondFactor } from './service/prove-second-factor.ts';
import type { InteractionFacts, Person, SignInProgress, Step } from './types.ts';

/** A form taken while its step is due. */
interface Visit {
  facts: InteractionFacts;
  step: Step['step'];
  form: Form;
  caller: Caller;
  /** @throws Error before the password step is done: a bug */
  person: () => Person;
}

/** The pages and forms of one interaction. Every form answers 303, and is taken only while its step is due. */
export function signInRoutes(deps: SignInDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/interaction/:uid' });

  const load = async (ctx: Context, uid: string | undefined): Promise<InteractionFacts> => {
    const facts = await deps.port.load(ctx);
    // the browser may hold several interactions: a form counts for the one it was drawn for
    if (facts.uid !== uid) throw new Fault('interaction_expired');
    ctx.state.formTargets = facts.redirectOrigins;
    ctx.state.locale = negotiateLocale(ctx.req, new URLSearchParams(ctx.querystring), facts.uiLocales);
    return facts;
  };

  const takes = (
    path: string,
    due: Step['step'] | Step['step'][],
    take: (visit: Visit) => Promise<SignInProgress>,
    inTurn: (work: () => Promise<void>) => Promise<void> = (work) => work(),
  ): void => {
    const answer = async (ctx: Context & { params: Record<string, string> }, form: Form): Promise<void> => {
      const journey = await readJourney(deps, await load(ctx, ctx.params['uid']));
      const { facts, person } = journey;
      if (![due].flat().includes(journey.next.step)) return backToStep(ctx, facts);
      const visit = {
        facts,
        step: journey.next.step,
        form,
        caller: callerOf(ctx, deps.trustedProxyHops),
        person: () => known(person),
      };
      return advance(ctx, deps, facts, await take(visit));
    };
    router.post(path, async (ctx) => {
      const form = await readForm(ctx); // before its turn: a body that never ends holds nobody up
      return inTurn(() => answer(ctx, form));
    });
  };

  router.get('/', async (ctx) => {
    await dispatch(ctx, deps, await readJourney(deps, await load(ctx, ctx.params['uid'])));
  });

  const takePassword = async ({ facts, form, caller }: Visit): Promise<SignInProgress> => {
    const account = form.get('account');
    const typed = { account, password: form.get('password'), captcha: form.get('captcha') };
    const outcome = await provePassword(deps, facts, typed, caller);
    return 'progress' in outcome ? outcome.progress : retry(facts.progress, outcome.errors, account);
  };
  takes('/password', 'password', takePassword, (work) => deps.hasher.inTurn(work));

  takes('/captcha', 'password', async ({ facts, form }) => retry(facts.progress, [], form.get('account')));

  takes('/second-factor', 'second-factor', async ({ facts, person, form, caller }) => {
    const outcome = await proveSecondFactor(deps, facts, person(), secondFactorIn(form), caller);
    return 'progress' in outcome ? outcome.progress : retry(facts.progress, outcome.errors);
  });

  takes('/passkey', ['password', 'second-factor'], async ({ facts, step, person, form, caller }) => {
    const known = step === 'second-factor' ? person() : undefined;
    const outcome = await provePasskey(deps, facts, known, form.get('response'), caller);
    return 'progress' in outcome ? outcome.progress : retry(facts.progress, outcome.errors);
  });
  router.post('/passkey-challenge', async (ctx) => {
    const { facts, next } = await readJourney(deps, await load(ctx, ctx.params['uid']));
    if (next.step !== 'password' && next.step !== 'second-factor') throw new Fault('conflict');
    ctx.body = await challengePasskey(deps, facts);
  });

  addUpstreamRoutes(router, deps, load);
  addCardPage(router, deps, load);
  takes('/card', 'second-factor', async ({ facts, person, form, caller }) => {
    const { cards } = deps;
    if (!cards) throw new Fault('not_found');
    const answer = readCardAnswer(form);
    const outcome = await proveCard({ ...deps, cards }, facts, person(), answer, caller);
    return 'progress' in outcome ? outcome.progress : retry(facts.progress, outcome.errors);
  });

  takes('/second-factor-enrolment', 'enrol-second-factor', async ({ facts, person, form, caller }) => {
    const answer = { sealed: form.get('offer'), typed: form.get('code'), name: form.get('name') };
    return enrolSecondFactor(deps, facts, person(), answer, caller);
  });

  takes('/passkey-enrolment', 'enrol-passkey', async ({ facts, person, form, caller }) => {
    const typed = { answer: form.get('response'), name: form.get('name') };
    return enrolPasskey(deps, facts, person(), typed, caller);
  });

  takes('/password-change', 'change-password', async ({ facts, person, form, caller }) => {
    const typed = { password: form.get('new_password'), repeat: form.get('repeat_password') };
    const errors = await changePassword(deps, facts, person(), typed, caller);
    if (errors.length > 0) return retry(facts.progress, errors);
    return { ...settled(facts.progress), passwordChosenAt: Math.floor(deps.clock().getTime() / 1000) };
  });

  takes('/account', 'choose-account', async ({ facts, person, form }) => {
    const subsystemAccountId = form.get('account');
    const allowed = await mayActAs(deps, facts, person(), subsystemAccountId);
    if (!allowed) return retry(facts.progress, [{ field: 'account', key: 'choose-account.gone' }]);
    return { ...settled(facts.progress), subsystemAccountId };
  });

  router.post('/consent', async (ctx) => {
    const { facts, next } = await readJourney(deps, await load(ctx, ctx.params['uid']));
    if (next.step !== 'consent') return backToStep(ctx, facts);
    const allowed = (await readForm(ctx)).get('decision') === 'allow';
    const caller = callerOf(ctx, deps.trustedProxyHops);
    const result = await decideConsent(deps, facts, next.result, allowed, caller);
    return result ? deps.port.finish(ctx, facts, result) : deps.port.abort(ctx, facts);
  });

  const cancel = async (ctx: Context & { params: Record<string, string> }): Promise<void> => {
    await deps.port.abort(ctx, await load(ctx, ctx.params['uid']));
  };
  router.get('/cancel', cancel);
  router.post('/cancel', cancel);

  router.get('/captcha.png', async (ctx) => {
    const { uid } = await load(ctx, ctx.params['uid']);
    sendMedia(ctx, 'image/png', await captchaImage(captchaDeps(deps), uid, deps.clock()));
  });
  router.get('/captcha.wav', async (ctx) => {
    const { uid } = await load(ctx, ctx.params['uid']);
    const { locale } = ctx.state;
    sendMedia(ctx, 'audio/wav', await captchaSpeech(captchaDeps(deps), uid, locale, deps.clock()));
  });
  return router;
}

/** A code of the app, or one that stands in for it; '' when neither was typed. */
function secondFactorIn(form: Form): { field: 'code' | 'recovery_code'; typed: string } {
  const recovery = form.get('recovery_code');
  return recovery === ''
    ? { field: 'code', typed: form.get('code') }
    : { field: 'recovery_code', typed: recovery };
}

function known(person: Person | undefined): Person {
  if (!person) throw new Error('a step after the password is due, but nobody is known');
  return person;
}
