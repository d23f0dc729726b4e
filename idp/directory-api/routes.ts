import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, Next, RequestState } from '#kit/http/context.ts';
import { readBody } from '#kit/http/form.ts';
import { callerOf } from '../audit/index.ts';
import { describeApi } from './openapi.ts';
import { API, CALLS_PER_MINUTE, MESSAGES_SEND } from './policy.ts';
import { type PushedMessage, messageSchema } from './schema.ts';
import { pushMessage } from './service.ts';
import { countCall } from './store.ts';
import { authenticateClient } from './token.ts';
import type { ApiClient, DirectoryApiDeps } from './types.ts';

const STATUS = { sent: 201, sent_before: 200, unknown_account: 404, foreign_link: 422 } as const;

/** What programs call, with tokens and never with cookies. It stands before what guards forms. */
export function directoryApiRoutes(deps: DirectoryApiDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: API });
  const description = describeApi(deps.config.issuer);

  router.get('/openapi.json', (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.body = description;
  });

  router.post('/messages', forPrograms, async (ctx) => {
    const client = await admit(deps, ctx);
    if (!client) return;
    const message = await readMessage(ctx);
    if (!message) return;
    const outcome = await pushMessage(deps, client, message, callerOf(ctx, deps.config.trustedProxyHops));
    const done = outcome === 'sent' || outcome === 'sent_before';
    answer(ctx, STATUS[outcome], done ? { status: outcome } : { error: outcome });
  });
  return router;
}

/** Whatever goes wrong is told as JSON, also to a program that accepts anything. */
function forPrograms(ctx: Context, next: Next): Promise<unknown> {
  ctx.req.headers.accept = 'application/json';
  ctx.set('Cache-Control', 'no-store');
  return next();
}

/** The client that calls, unless it is refused or calls too often: then the answer is made. */
async function admit(deps: DirectoryApiDeps, ctx: Context): Promise<ApiClient | undefined> {
  const found = await authenticateClient(deps, ctx.get('authorization'), MESSAGES_SEND);
  if ('status' in found) {
    ctx.set('WWW-Authenticate', found.challenge);
    answer(ctx, found.status, { error: found.error });
    return undefined;
  }
  const { calls, secondsLeft } = await countCall(deps.db, found.clientId);
  if (calls <= CALLS_PER_MINUTE) return found;
  ctx.set('Retry-After', String(secondsLeft));
  answer(ctx, 429, { error: 'too_many_requests' });
  return undefined;
}

/** @throws Fault unsupported_media_type, body_too_large */
async function readMessage(ctx: Context): Promise<PushedMessage | undefined> {
  if (!ctx.is('application/json')) throw new Fault('unsupported_media_type');
  const text = await readBody(ctx);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    answer(ctx, 400, { error: 'bad_request', problems: ['is not JSON'] });
    return undefined;
  }
  const parsed = messageSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 20).map((at) => `${at.path.join('.')}: ${at.message}`);
  answer(ctx, 400, { error: 'bad_request', problems });
  return undefined;
}

function answer(ctx: Context, status: number, body: object): void {
  ctx.status = status;
  ctx.body = { ...body, ...(status >= 400 && { request_id: ctx.state.requestId }) };
}
