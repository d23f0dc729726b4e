import { type Configuration, type KoaContextWithOIDC, errors } from 'oidc-provider';
import { requestMessage } from '../../sign-in-requests/index.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import type { OidcDeps } from '../types.ts';
import { refuseBindingMessage, refuseNotificationToken } from './ciba-policy.ts';
import { findHinted, spareThePerson } from './hints.ts';
import { clientNames } from './names.ts';
import { FIRST_INTERVAL_SECONDS } from './polling.ts';

type Ciba = NonNullable<NonNullable<Configuration['features']>['ciba']>;

/** OpenID Connect Client-Initiated Backchannel Authentication Core 1.0, poll and ping, of clients whose manifest lists it. */
export function backchannelAuthentication(deps: OidcDeps): Ciba {
  return {
    enabled: true,
    deliveryModes: ['poll', 'ping'],
    async processLoginHint(ctx, hint) {
      return (await findHinted(deps, ctx, hint ?? '', true))?.accountId;
    },
    processLoginHintToken() {
      throw new errors.InvalidRequest('login_hint_token is not supported');
    },
    validateBindingMessage(_ctx, message) {
      const reason = message === undefined ? undefined : refuseBindingMessage(message);
      if (reason !== undefined) throw new errors.InvalidBindingMessage(reason);
    },
    validateRequestContext(ctx) {
      checkRequest(ctx);
    },
    async verifyUserCode(ctx, account, userCode) {
      if (userCode !== undefined) throw new errors.InvalidRequest('user_code is not supported');
      await spareThePerson(deps, ctx, account.accountId);
    },
    triggerAuthenticationDevice(ctx, _request, account, client) {
      (ctx.body as { interval?: number }).interval = FIRST_INTERVAL_SECONDS;
      const { writes, hints } = currentWork();
      const { accountId } = account;
      const { clientId } = client;
      const caller = { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId };
      writes.audits.push({ type: 'ciba_request.made', accountId, clientId, caller });
      const about = { accountId, handle: writes.waiting?.handle ?? '', name: clientNames(deps, clientId) };
      writes.messages.push(requestMessage('asked', about));
    },
  };
}

/** @throws errors.InvalidRequest */
function checkRequest(ctx: KoaContextWithOIDC): void {
  const params = ctx.oidc.params ?? {};
  const token = params['client_notification_token'];
  const reason = typeof token === 'string' ? refuseNotificationToken(token) : undefined;
  if (reason !== undefined) throw new errors.InvalidRequest(reason);
  params['request_context'] = undefined; // nothing is decided by it: it is not kept
}
