import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { rightsOn } from './access/index.ts';
import { type OfficeApi, type OfficeRoute, createOfficeWork, officeRoutes } from './back-office/index.ts';
import { GrantOver, createPersonApi } from './idp-api/index.ts';
import type { Menu } from './menu/index.ts';
import { type RecordPageDeps, frameOf } from './record-pages.ts';
import { type RelyingParty, askApiToken, leaveLostGrant } from './relying-party/index.ts';
import { type Handler, type Session, type SignedInContext, sessionOf } from './sessions/index.ts';
import { actingForm } from './shell/index.ts';
import type { CountedTodo } from './todos/index.ts';

/** The directory API in the name of whoever is signed in here, as the account they act as. */
export function createOfficeApi(
  party: RelyingParty,
  call: (url: string, init: RequestInit) => Promise<Response>,
): OfficeApi {
  return createPersonApi<Session>({
    issuer: party.provider.issuer,
    clock: party.clock,
    call,
    async tokenOf(session) {
      const answer = await askApiToken(party, session);
      if (answer.ok) return answer.value;
      const { failure } = answer;
      if (failure.kind !== 'refused') throw new Fault('identity_provider_unavailable', {}, failure.cause);
      if (failure.error === 'invalid_grant') return undefined; // only this one is final
      throw new Fault(
        'identity_provider_unavailable',
        {},
        new Error(`a token was refused: ${failure.error}`),
      );
    },
  });
}

/** T30: what waits for a manager at the single entry, told among the to-dos; for others nothing is asked. */
export function officeTodos(
  api: OfficeApi,
  menu: Menu,
  clock: Clock,
): (ctx: SignedInContext) => Promise<CountedTodo[]> {
  const workOf = createOfficeWork(api, clock);
  return async (ctx) => {
    const session = sessionOf(ctx);
    if (!rightsOn(menu.grantsOf(session.account), 'admin/accounts/review').includes('R')) return [];
    return (await workOf(session)).map((line) => ({ ...line, system: 'system' }));
  };
}

/** The pages of the back office, lent what they need of the application. */
export function officePages(
  deps: RecordPageDeps & { issuer: string; api: OfficeApi; party: RelyingParty },
): OfficeRoute[] {
  const { db, clock, keyring, show, menu, issuer, api, party, exports } = deps;
  const routes = officeRoutes({
    ...{ db, clock, keyring, show, exports, issuer, api },
    rights: (ctx, path) => rightsOn(menu.grantsOf(sessionOf(ctx).account), path),
    frameOf: (ctx, path) => frameOf(ctx, menu, path),
    actingForm: (handle) => actingForm(show, {}, handle, () => '/'),
  });
  return routes.map((route) => ({ ...route, handle: unlessOver(party, route.handle) }));
}

/** When the single entry says that the grant is over, the person is led on instead of being told of an error. */
export function unlessOver(party: RelyingParty, handle: Handler): Handler {
  return async (ctx) => {
    try {
      await handle(ctx);
    } catch (error) {
      if (!(error instanceof GrantOver)) throw error;
      await leaveLostGrant(party, ctx);
    }
  };
}
