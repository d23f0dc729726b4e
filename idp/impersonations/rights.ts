import { type Deed, DEEDS } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { Place } from './types.ts';

const holders = (deed: Deed): string[] => Object.keys(DEEDS[deed].scopes);

/** The account roles that may act as others: looked at again whenever such a session is used. */
export const HELPER_ROLES: readonly string[] = holders('impersonations.request');

export const mayHelp = (role: string): boolean => HELPER_ROLES.includes(role);
export const mayApprove = (role: string): boolean => holders('impersonations.approve').includes(role);

/** The subsystem's client and where it is entered, when its manifest permits impersonation just now. */
export function placeAt(registry: ClientRegistry, subsystemCode: string): Place | undefined {
  const client = registry.list().find((each) => each.active && each.subsystem?.code === subsystemCode);
  const entry = client?.metadata['initiate_login_uri'];
  if (!client?.subsystem?.manifest.impersonation?.allowed || typeof entry !== 'string') return undefined;
  return { clientId: client.clientId, entry };
}

/** Beginning leads by a subsystem's own addresses back here and on to it. */
export function entryOrigins(registry: ClientRegistry): string[] {
  const permitted = registry.list().filter(({ subsystem }) => subsystem?.manifest.impersonation?.allowed);
  return permitted
    .flatMap(({ metadata: { initiate_login_uri: entry, redirect_uris: redirects } }) => [
      entry,
      ...(Array.isArray(redirects) ? (redirects as unknown[]) : []),
    ])
    .filter((uri): uri is string => typeof uri === 'string' && URL.canParse(uri))
    .map((uri) => new URL(uri).origin);
}
