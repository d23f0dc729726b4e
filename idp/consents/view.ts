import type { Locale } from '#kit/http/locale.ts';
import type { Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { Consent } from './types.ts';

export const CONSENTS = '/account/consents';

export function consentsView(
  registry: Pick<ClientRegistry, 'find'>,
  locale: Locale,
  consents: Consent[],
): Views['idp/consents'] {
  return {
    consents: consents.map(({ clientId, since, scopes }) => ({
      name: registry.find(clientId)?.subsystem?.name[locale] ?? clientId,
      since,
      scopes: scopes.map((name) => ({ name, key: `consent.scope-${name}` })),
      action: `${CONSENTS}/${encodeURIComponent(clientId)}/withdrawal`,
    })),
  };
}
