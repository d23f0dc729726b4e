import Router from '@koa/router';
import type { RequestState } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { type FindHolder, VIRTUAL_CARDS, type VirtualCards } from './service.ts';

const MAX_REQUEST = 4096;
const MAX_MESSAGE = 1024;

/** What the page's own bridge asks: a signature by one of the cards. */
export function virtualCardRoutes(cards: VirtualCards, findHolder: FindHolder): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: VIRTUAL_CARDS });
  router.post('/signature', async (ctx) => {
    const form = await readForm(ctx);
    const message = Buffer.from(form.get('message').slice(0, MAX_MESSAGE), 'base64');
    const signed = await cards.sign(form.get('card'), message, findHolder);
    if (!signed) throw new Fault('not_found');
    ctx.body = signed;
  });
  return router;
}

/** The authority's word on its cards, for whoever verifies them: no browser, so no origin either. */
export function responderRoutes(cards: VirtualCards): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: VIRTUAL_CARDS });
  router.post('/ocsp', async (ctx) => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_REQUEST) throw new Fault('body_too_large');
      chunks.push(chunk);
    }
    const answer = await cards.respond(Buffer.concat(chunks)).catch(() => undefined);
    if (!answer) throw new Fault('bad_request');
    ctx.type = 'application/ocsp-response';
    ctx.body = answer;
  });
  return router;
}
