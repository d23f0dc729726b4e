import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, Next, RequestState } from '#kit/http/context.ts';
import { readBody } from '#kit/http/form.ts';
import { recordOf } from '#kit/telemetry/request-record.ts';
import { callerOf } from '../audit/index.ts';
import { answerOnce } from './idempotency.ts';
import { describeApi } from './openapi.ts';
import { OPERATIONS } from './operations.ts';
import { API, CALLS_PER_MINUTE } from './policy.ts';
import { countCall } from './store/calls.ts';
import { authenticateCaller } from './token.ts';
import type { ApiAnswer, ApiCaller, DirectoryApiDeps, Operation } from './types.ts';

/** What programs call, with tokens and never with cookies. It stands before what guards forms. */
export function directoryApiRoutes(deps: DirectoryApiDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: API });
  const description = describeApi(deps.config.issuer);

  router.get('/openapi.json', (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.body = description;
  });
  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router.register(path, [operation.method], [forPrograms, (ctx) => perform(deps, operation, ctx)]);
  }
  return router;
}

/** Whatever goes wrong is told as JSON, also to a program that accepts anything. */
function forPrograms(ctx: Context, next: Next): Promise<unknown> {
  ctx.req.headers.accept = 'application/json';
  ctx.set('Cache-Control', 'no-store');
  return next();
}

async function perform(
  deps: DirectoryApiDeps,
  operation: Operation<never, never>,
  ctx: Context & { params: Record<string, string> },
): Promise<void> {
  const caller = await admit(deps, operation, ctx);
  if (!caller) return;
  const isWriting = operation.method !== 'get';
  const text = isWriting ? await readJson(ctx) : '';
  const body = operation.body
    ? parse(operation.body, () => JSON.parse(text) as unknown)
    : { data: undefined };
  const query = operation.query
    ? parse(operation.query, () => Object.fromEntries(new URLSearchParams(ctx.querystring)))
    : { data: undefined };
  const problems = [...(body.problems ?? []), ...(query.problems ?? [])];
  if (problems.length > 0) return answer(ctx, { status: 400, body: { error: 'bad_request', problems } });
  const work = () =>
    operation.handle(deps, {
      caller,
      params: ctx.params,
      body: body.data as never,
      query: query.data as never,
      from: callerOf(ctx, deps.config.trustedProxyHops),
    });
  const key = ctx.get('idempotency-key');
  if (!isWriting || key === '') return answer(ctx, await work());
  return answer(ctx, await answerOnce(deps.db, caller, key, `${ctx.method} ${ctx.path}\n${text}`, work));
}

/** The caller, unless it is refused or calls too often: then the answer is made. */
async function admit(
  deps: DirectoryApiDeps,
  { scope }: Pick<Operation, 'scope'>,
  ctx: Context,
): Promise<ApiCaller | undefined> {
  const { method, path, req } = ctx;
  const shown = { authorization: ctx.get('authorization'), proof: ctx.get('dpop'), method, path, req };
  const found = await authenticateCaller(deps, shown, scope);
  if (found.nonce !== undefined) ctx.set('DPoP-Nonce', found.nonce);
  if ('status' in found) {
    ctx.set('WWW-Authenticate', found.challenges);
    answer(ctx, { status: found.status, body: { error: found.error } });
    return undefined;
  }
  const { caller } = found;
  recordOf(ctx.req).clientId = caller.clientId;
  const name = caller.kind === 'client' ? caller.clientId : `${caller.clientId} ${caller.accountId}`;
  const { calls, secondsLeft } = await countCall(deps.db, name);
  if (calls <= CALLS_PER_MINUTE) return caller;
  ctx.set('Retry-After', String(secondsLeft));
  answer(ctx, { status: 429, body: { error: 'too_many_requests' } });
  return undefined;
}

/** @throws Fault unsupported_media_type, body_too_large */
async function readJson(ctx: Context): Promise<string> {
  if (!ctx.is('application/json')) throw new Fault('unsupported_media_type');
  return readBody(ctx);
}

function parse(
  schema: NonNullable<Operation['body']>,
  read: () => unknown,
): { data?: unknown; problems?: string[] } {
  let value: unknown;
  try {
    value = read();
  } catch {
    return { problems: ['is not JSON'] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data };
  return { problems: parsed.error.issues.slice(0, 20).map((at) => `${at.path.join('.')}: ${at.message}`) };
}

function answer(ctx: Context, { status, body }: ApiAnswer): void {
  ctx.status = status;
  ctx.body = { ...body, ...(status >= 400 && { request_id: ctx.state.requestId }) };
}
