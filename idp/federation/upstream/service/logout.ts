import { MINUTE, after } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { ProviderUnavailable } from '../unavailable.ts';
import type { UpstreamDeps } from '../deps.ts';
import { findSessionTie } from '../store/sessions.ts';
import type { UpstreamProvider } from '../types.ts';
import { TOKEN_PURPOSE } from './prove.ts';

const HINT_PURPOSE = 'upstream-logout-hint';
const HINT_MS = 10 * MINUTE;
/** A longer ID token does not fit into an address everywhere: the provider asks the person then. */
const MAX_HINT = 3000;

/** What the portal needs to offer the end of the session at the provider, once the one here is over. */
export interface PortalLogout {
  /**
   * For a session about to be signed out: what leads to the end of the one at its provider, where that offers it.
   * Sealed, because it holds the ID token; good for ten minutes.
   */
  offer(sessionUid: string): Promise<string | undefined>;
  /** Whose it is and where it leads. */
  read(offer: string, locale: Locale): { name: string; url: string } | undefined;
}

export function portalLogout(deps: UpstreamDeps): PortalLogout {
  const { db, clock, keyring, providers } = deps;
  return {
    async offer(sessionUid) {
      const tie = await findSessionTie(db, sessionUid);
      const provider = tie && providers.find(tie.provider);
      if (!tie || !provider?.manifest.logout.endSession) return undefined;
      const idToken = keyring.open(TOKEN_PURPOSE, tie.idTokenSealed, tie.linkId).toString('utf8');
      const until = after(clock(), HINT_MS).toISOString();
      const hint = idToken.length > MAX_HINT ? undefined : idToken;
      const offer = JSON.stringify({ provider: provider.code, idToken: hint, until });
      return keyring.seal(HINT_PURPOSE, Buffer.from(offer), HINT_PURPOSE).toString('base64url');
    },
    read(offer, locale) {
      const opened = openLogoutOffer(deps, offer);
      if (!opened) return undefined;
      const { code, manifest } = opened.provider;
      const query = new URLSearchParams({ offer }).toString();
      return { name: manifest.name[locale], url: `/federation/upstream/${code}/end?${query}` };
    },
  };
}

/** The provider such an offer is for, and its ID token. @returns undefined when it is made up or late */
export function openLogoutOffer(
  { clock, keyring, providers }: UpstreamDeps,
  sealed: string,
): { provider: UpstreamProvider; idToken: string | undefined } | undefined {
  try {
    const opened = keyring
      .open(HINT_PURPOSE, Buffer.from(sealed, 'base64url'), HINT_PURPOSE)
      .toString('utf8');
    const offer = JSON.parse(opened) as { provider: string; idToken?: string; until: string };
    const provider = new Date(offer.until) > clock() ? providers.find(offer.provider) : undefined;
    return provider && { provider, idToken: offer.idToken };
  } catch {
    return undefined;
  }
}

/**
 * Where the session at the provider ends (OpenID Connect RP-Initiated Logout 1.0 §2), back here afterwards.
 * @returns undefined when it offers no such thing, or does not answer now
 */
export async function providerLogoutUrl(
  deps: UpstreamDeps,
  { provider, idToken }: { provider: UpstreamProvider; idToken: string | undefined },
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
    return url.href;
  } catch (error) {
    if (error instanceof ProviderUnavailable) return undefined;
    throw error;
  }
}
