import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../audit/index.ts';
import { type ListDeps, addConsoleList } from '../console-lists/index.ts';
import { type ConsoleCaller, ConsoleRouter, reachOf } from '../permissions/index.ts';
import {
  type Issuer,
  findInitialToken,
  issueInitialToken,
  listRegistered,
  revokeToken,
  tokenFault,
  tokenState,
} from '../registration/index.ts';
import { tokenList } from './list.ts';
import { type Filled, TOKENS, newTokenView, tokenView } from './view.ts';

const AREA = 'console-registration';
const LONGEST_LABEL = 60;
type Params = Context & { params: Record<string, string> };

/** Initial access tokens (RFC 7591 §3.1.1): listed, issued within bounds, revoked, with what each registered. */
export function registrationRoutes(deps: ListDeps & { clock: Clock }): ConsoleRouter {
  const { console, renderer, config, clock, db } = deps;
  const router = new ConsoleRouter(console);
  const by = (ctx: Context, actor: ConsoleCaller): Issuer => ({
    actor,
    from: callerOf(ctx, config.trustedProxyHops),
  });
  const pageOf = (ctx: Context, caller: ConsoleCaller, here: string) => {
    const crumbs = [{ label: translate(ctx.state.locale, `${AREA}.title`), url: TOKENS }, { label: here }];
    ctx.type = 'html';
    return console.page(ctx, caller, { crumbs });
  };
  const show = (ctx: Context, caller: ConsoleCaller, view: ReturnType<typeof newTokenView>): void => {
    const here = translate(ctx.state.locale, `${view.area}.title`, view.params);
    ctx.body = renderer.page('idp/console-case', pageOf(ctx, caller, here), view);
  };
  const one = async (ctx: Params) => {
    const token = await findInitialToken(db, ctx.params['handle'] ?? '');
    if (!token) throw new Fault('not_found');
    return { ...token, state: tokenState(token, clock()) };
  };
  const showOne = async (ctx: Params, caller: ConsoleCaller, filled?: Parameters<typeof tokenView>[4]) => {
    const token = await one(ctx);
    const mayRevoke = reachOf(caller, 'registration_tokens.change') !== undefined;
    const clients = await listRegistered(db, token.handle);
    show(ctx, caller, tokenView(ctx.state.locale, token, clients, mayRevoke, filled));
  };

  addConsoleList(router, deps, tokenList(db, clock, TOKENS));
  router.get(`${TOKENS}/new`, 'registration_tokens.change', (ctx, caller) =>
    show(ctx, caller, newTokenView({ label: '', clients: '1', days: '7', reason: '' })),
  );
  router.post(`${TOKENS}/new`, 'registration_tokens.change', async (ctx, caller) => {
    const form = await readForm(ctx);
    const { reason, error } = readReason(form);
    const filled: Filled = {
      label: form.get('label').trim().slice(0, LONGEST_LABEL),
      clients: form.get('clients'),
      days: form.get('days'),
      reason,
    };
    const wish = { clients: wholeOf(filled.clients), days: wholeOf(filled.days) };
    const fault = tokenFault(wish);
    const errors = [
      ...(filled.label === '' ? [{ field: 'label', key: `${AREA}.fault-label` }] : []),
      ...(fault ? [{ field: fault, key: `${AREA}.fault-${fault}` }] : []),
      ...(error ? [{ field: 'reason', key: error }] : []),
    ];
    if (errors.length > 0) {
      ctx.status = 422;
      return show(ctx, caller, newTokenView(filled, errors));
    }
    const { token, handle } = await issueInitialToken(deps, { ...filled, ...wish }, by(ctx, caller));
    const page = pageOf(ctx, caller, translate(ctx.state.locale, 'console-registration-told.title'));
    ctx.body = renderer.page('idp/console-secret', page, {
      ...{ area: 'console-registration-told', clientId: filled.label, secret: token },
      ...{ previousUntil: undefined, nextUrl: `${TOKENS}/${handle}` },
    });
  });
  router.get(`${TOKENS}/:handle`, 'registration_tokens.read', (ctx, caller) => showOne(ctx, caller));
  // where people come back to after signing in again
  router.get(`${TOKENS}/:handle/revocation`, 'registration_tokens.change', (ctx, caller) =>
    showOne(ctx, caller),
  );
  router.post(`${TOKENS}/:handle/revocation`, 'registration_tokens.change', async (ctx, caller) => {
    const { handle } = await one(ctx);
    const { reason, error } = readReason(await readForm(ctx));
    if (!error && (await revokeToken(deps, handle, reason, by(ctx, caller)))) {
      return seeOther(ctx, `${TOKENS}?done=revoked`);
    }
    ctx.status = error ? 422 : 409;
    const fault = { field: error ? 'reason' : '', key: error ?? `${AREA}.fault-gone` };
    return showOne(ctx, caller, { reason, errors: [fault] });
  });
  return router;
}

function wholeOf(text: string): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}
