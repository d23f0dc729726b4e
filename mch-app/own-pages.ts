import type { Log } from '#kit/log.ts';
import type { FormRoute } from './kept-forms/index.ts';
import { createIdpApi } from './idp-api/index.ts';
import { inboxRoutes } from './inbox/index.ts';
import { viewMenu } from './menu/index.ts';
import { createManagers, profileRoutes } from './profile/index.ts';
import type { RecordPageDeps } from './record-pages.ts';
import { type RelyingParty, askContact } from './relying-party/index.ts';
import { type SignedInContext, sessionOf } from './sessions/index.ts';
import { actingForm } from './shell/index.ts';

/** The pages about oneself: messages and details. */
export function ownPages(
  deps: RecordPageDeps & { party: RelyingParty; issuer: string; log: Log; call?: typeof fetch },
): FormRoute[] {
  const { menu, show, party, issuer, clock, log } = deps;
  const api = createIdpApi({
    issuer,
    clock,
    configuration: () => party.provider.configuration(),
    call: deps.call ?? fetch,
  });
  const shared = {
    ...deps,
    menuOf: (ctx: SignedInContext) =>
      viewMenu(menu, menu.visibleTo(sessionOf(ctx).account), ctx.state.locale),
    actingForm: (handle: Parameters<typeof actingForm>[2]) => actingForm(show, {}, handle, () => '/'),
  };
  return [
    ...inboxRoutes(shared),
    ...profileRoutes({
      ...shared,
      managersOf: createManagers({ api, clock, log }),
      contactOf: (session) => askContact(party, session),
      portalProfileUrl: `${issuer}/profile`,
    }),
  ];
}
