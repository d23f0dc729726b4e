import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readBody } from '#kit/http/form.ts';
import { callerAddress } from '#kit/http/request.ts';
import { STATEMENT_MEDIA_TYPE } from '../trust-chain/index.ts';
import { REGISTRATION_PATH } from './entity.ts';
import type { Federation } from './federation.ts';
import { RegistrationRefused } from './refusal.ts';
import { RESPONSE_TYPE } from './service/explicit.ts';

export interface RegistrationDeps {
  federation?: Federation;
  registry: { refresh(): Promise<void> };
  config: { trustedProxyHops: number };
}

const CHAIN_MEDIA_TYPE = 'application/trust-chain+json';
/** Of a whole chain; one statement of it may be a quarter of that. */
const MOST_BYTES = 256 * 1024;
const MOST_STATEMENTS = 8;
const MINUTE_SECONDS = 60;

/**
 * Where clients register by themselves (OpenID Federation 1.0 §12.2). They are servers and send no Origin; anyone can
 * post anything, so what is refused leaves no record behind.
 */
export function federationRegistrationRoutes(deps: RegistrationDeps): Router<RequestState> {
  const { federation, registry, config } = deps;
  const router = new Router<RequestState>();
  router.post(REGISTRATION_PATH, async (ctx: Context) => {
    if (!federation?.settings()?.trustAnchors.length) throw new Fault('not_found');
    ctx.set('Cache-Control', 'no-store');
    try {
      const address = callerAddress(ctx.req, config.trustedProxyHops);
      const answer = await federation.registerExplicitly(await readTokens(ctx), address);
      await registry.refresh();
      ctx.body = answer;
      ctx.type = `application/${RESPONSE_TYPE}`;
    } catch (error) {
      refuse(ctx, error);
    }
  });
  return router;
}

/** §12.2.2: by its type a statement alone, or a chain of them. @throws Fault, RegistrationRefused */
async function readTokens(ctx: Context): Promise<string[]> {
  const type = ctx.get('content-type').split(';')[0]?.trim().toLowerCase();
  if (type !== STATEMENT_MEDIA_TYPE && type !== CHAIN_MEDIA_TYPE) throw new Fault('unsupported_media_type');
  const text = await readBody(ctx, MOST_BYTES);
  if (type === STATEMENT_MEDIA_TYPE) return [text.trim()];
  const chain = parsed(text);
  const isChain = Array.isArray(chain) && chain.length >= 2 && chain.length <= MOST_STATEMENTS;
  if (!isChain || !chain.every((token) => typeof token === 'string'))
    throw new RegistrationRefused('invalid_request', 'it is no chain of statements');
  return chain;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In the words of the specification, whatever the caller accepts. */
function refuse(ctx: Context, error: unknown): void {
  const isOurs = error instanceof RegistrationRefused;
  if (!isOurs && !(error instanceof Fault)) throw error;
  ctx.status = error.status;
  if (error.status === 429) ctx.set('Retry-After', String(MINUTE_SECONDS));
  ctx.body = {
    error: isOurs ? error.code : 'invalid_request',
    error_description: isOurs ? error.message : error.code.replaceAll('_', ' '),
  };
}
