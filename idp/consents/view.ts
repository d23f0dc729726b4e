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
      name: nameOf(registry, clientId, locale),
      since,
      scopes: scopes.map((name) => ({ name, key: `consent.scope-${name}` })),
      action: `${CONSENTS}/${encodeURIComponent(clientId)}/withdrawal`,
    })),
  };
}

/** A registered client belongs to no subsystem and goes by the name it gave itself. */
function nameOf(registry: Pick<ClientRegistry, 'find'>, clientId: string, locale: Locale): string {
  const client = registry.find(clientId);
  const own = client?.metadata['client_name'];
  return client?.subsystem?.name[locale] ?? (typeof own === 'string' ? own : clientId);
}
