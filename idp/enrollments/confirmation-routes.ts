import Router from '@koa/router';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import type { Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { EnrollmentDeps } from './deps.ts';
import { show } from './draft-of.ts';
import { PROGRESS } from './proven.ts';
import { confirmAddress, isConfirmationOpen } from './service/confirm.ts';

type Message = Views['idp/enrollment-message'];

/** What follows the sending: a word that a link is on its way, and the link's own page, which asks for one press. */
export function confirmationRoutes(deps: EnrollmentDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/enrollment' });
  const message = (kind: Message['kind'], form?: Message['form']): Message => ({
    kind,
    progressUrl: '/enrollment-progress',
    ...(form && { form }),
  });

  router.get('/sent', (ctx) => show(ctx, deps, 'idp/enrollment-message', message('sent')));

  // looking does not use the link up: mail programs look before people do
  router.get('/confirmation', async (ctx) => {
    const token = ctx.URL.searchParams.get('token') ?? '';
    const isOpen = await isConfirmationOpen(deps, token);
    const form = { action: '/enrollment/confirmation', token };
    show(ctx, deps, 'idp/enrollment-message', isOpen ? message('confirm', form) : message('expired'));
  });

  router.post('/confirmation', async (ctx) => {
    const token = (await readForm(ctx)).get('token');
    const outcome = await confirmAddress(deps, token, callerOf(ctx, deps.trustedProxyHops));
    const cardUrl = outcome === 'card' && { cardUrl: `${PROGRESS}/card` };
    show(ctx, deps, 'idp/enrollment-message', { ...message(outcome), ...cardUrl });
  });
  return router;
}
