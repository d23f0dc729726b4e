import Router from '@koa/router';
import type { RequestState } from '#kit/http/context.ts';
import { type Caller, callerOf } from '../audit/index.ts';

export interface CertificationRouteDeps {
  config: { trustedProxyHops: number };
  /** Answers the CIBA request with this id. @returns whether it was waiting */
  answer: (authReqId: string, allow: boolean, caller: Caller) => Promise<boolean>;
}

/** What the suite calls instead of the person: `POST …/ciba?auth_req_id=…&action=allow|deny`. */
export function certificationRoutes({ config, answer }: CertificationRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/certification' });
  router.post('/ciba', async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    const action = query.get('action');
    const isKnown = action === 'allow' || action === 'deny';
    const caller = callerOf(ctx, config.trustedProxyHops);
    const isDone = isKnown && (await answer(query.get('auth_req_id') ?? '', action === 'allow', caller));
    ctx.status = isDone ? 204 : 404;
  });
  return router;
}
