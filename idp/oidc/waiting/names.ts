import type { Locale } from '#kit/http/locale.ts';
import type { Localized } from '../../subsystems/index.ts';
import type { OidcDeps } from '../types.ts';

/** A client by the name it has in a language. */
export function clientName(
  { registry }: Pick<OidcDeps, 'registry'>,
  clientId: string,
  locale: Locale,
): string {
  const client = registry.find(clientId);
  const metadata = client?.metadata;
  const own = metadata?.[locale === 'en' ? 'client_name#en' : 'client_name'] ?? metadata?.['client_name'];
  return typeof own === 'string' ? own : (client?.subsystem?.name[locale] ?? clientId);
}

export function clientNames(deps: Pick<OidcDeps, 'registry'>, clientId: string): Localized {
  return { 'zh-TW': clientName(deps, clientId, 'zh-TW'), en: clientName(deps, clientId, 'en') };
}
