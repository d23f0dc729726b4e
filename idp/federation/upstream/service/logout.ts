import { MINUTE, after } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { ProviderUnavailable } from '../unavailable.ts';
import type { UpstreamDeps } from '../deps.ts';
import { findSessionTie } from '../store/sessions.ts';
import type { UpstreamProvider } from '../types.ts';
import { TOKEN_PURPOSE } from './prove.ts';

const HINT_PURPOSE = 'upstream-logout-hint';
const ONWARD_PURPOSE = 'upstream-logout-onward';
const HINT_MS = 10 * MINUTE;
/** A longer ID token does not fit into an address everywhere: the provider asks the person then. */
const MAX_HINT = 3000;

/** Where somebody wanted to be once signed out: at a client, at an address that is registered for it. */
export interface Onward {
  url: string;
  name: Record<Locale, string>;
}

interface Offer {
  provider: string;
  idToken?: string | undefined;
  onward?: Onward | undefined;
}

/** What it takes to offer the end of the session at the provider, once the one here is over. */
export interface LogoutOffers {
  /**
   * For a session about to be signed out: what leads to the end of the one at its provider, where that offers it.
   * Sealed, because it holds the ID token; good for ten minutes.
   */
  offer(sessionUid: string, onward?: Onward): Promise<string | undefined>;
  /** Whose it is, where it leads, and where on from here without it. */
  read(offer: string, locale: Locale): { name: string; url: string; onward: Onward | undefined } | undefined;
  /** Where on from here, once the provider has led back with the state it was given. */
  readOnward(state: string): Onward | undefined;
}

export function logoutOffers(deps: UpstreamDeps): LogoutOffers {
  const { db, providers } = deps;
  return {
    async offer(sessionUid, onward) {
      const tie = await findSessionTie(db, sessionUid);
      const provider = tie && providers.find(tie.provider);
      if (!tie || !provider?.manifest.logout.endSession) return undefined;
      const idToken = deps.keyring.open(TOKEN_PURPOSE, tie.idTokenSealed, tie.linkId).toString('utf8');
      const hint = idToken.length > MAX_HINT ? undefined : idToken;
      return seal(deps, HINT_PURPOSE, { provider: provider.code, idToken: hint, onward });
    },
    read(offer, locale) {
      const opened = openLogoutOffer(deps, offer);
      if (!opened) return undefined;
      const { provider, onward } = opened;
      const { code, manifest } = provider;
      const query = new URLSearchParams({ offer }).toString();
      return { name: manifest.name[locale], url: `/federation/upstream/${code}/end?${query}`, onward };
    },
    readOnward: (state) => open(deps, ONWARD_PURPOSE, state) as Onward | undefined,
  };
}

interface LogoutOffer extends Omit<Offer, 'provider'> {
  provider: UpstreamProvider;
}

/** The provider such an offer is for, and its ID token. @returns undefined when it is made up or late */
export function openLogoutOffer(deps: UpstreamDeps, sealed: string): LogoutOffer | undefined {
  const offer = open(deps, HINT_PURPOSE, sealed) as Offer | undefined;
  const provider = offer && deps.providers.find(offer.provider);
  return provider && { ...offer, provider };
}

/**
 * Where the session at the provider ends (OpenID Connect RP-Initiated Logout 1.0 §2), back here afterwards.
 * @returns undefined when it offers no such thing, or does not answer now
 */
export async function providerLogoutUrl(
  deps: UpstreamDeps,
  { provider, idToken, onward }: LogoutOffer,
): Promise<string | undefined> {
  try {
    const { end_session_endpoint: endpoint } = (await deps.clients.of(provider)).serverMetadata();
    if (endpoint === undefined || !URL.canParse(endpoint)) return undefined;
    const url = new URL(endpoint);
    const isPlain = url.protocol === 'http:' && provider.issuer.startsWith('http:'); // loopback, by its declaration
    if (url.protocol !== 'https:' && !isPlain) return undefined;
    if (idToken !== undefined) url.searchParams.set('id_token_hint', idToken);
    url.searchParams.set('client_id', provider.manifest.client.id);
    url.searchParams.set('post_logout_redirect_uri', `${deps.config.issuer}/signed-out`);
    if (onward) url.searchParams.set('state', seal(deps, ONWARD_PURPOSE, onward));
    return url.href;
  } catch (error) {
    if (error instanceof ProviderUnavailable) return undefined;
    throw error;
  }
}

function seal({ clock, keyring }: UpstreamDeps, purpose: string, what: object): string {
  const until = after(clock(), HINT_MS).toISOString();
  return keyring.seal(purpose, Buffer.from(JSON.stringify({ what, until })), purpose).toString('base64url');
}

function open({ clock, keyring }: UpstreamDeps, purpose: string, sealed: string): unknown {
  try {
    const opened = keyring.open(purpose, Buffer.from(sealed, 'base64url'), purpose).toString('utf8');
    const { what, until } = JSON.parse(opened) as { what: unknown; until: string };
    return new Date(until) > clock() ? what : undefined;
  } catch {
    return undefined;
  }
}
