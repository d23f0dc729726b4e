import { type PrivateNetworks, askAbroad } from '#kit/http/outbound.ts';

const TIMEOUT_MS = 5000;
const MAX_BYTES = 64 * 1024;

/** What a client says about its subjects. */
export interface SectorClaim {
  subject_type?: 'public' | 'pairwise' | undefined;
  sector_identifier_uri?: string | undefined;
  redirect_uris: string[];
}

/** The host that names the sector (OpenID Connect Core 1.0 §8.1); undefined for a client with public subjects. */
export function sectorOf({ subject_type, sector_identifier_uri, redirect_uris }: SectorClaim) {
  if (subject_type !== 'pairwise') return undefined;
  return new URL(sector_identifier_uri ?? redirect_uris[0] ?? '').hostname;
}

/**
 * Whether `sector_identifier_uri` may speak for the client: it must answer with a JSON array that has every
 * redirect address in it (§8.1). Otherwise anybody could join a sector and learn its subjects.
 * @returns what is wrong, in a few words; undefined when nothing is
 */
export async function sectorFault(
  client: SectorClaim,
  privateNetworks: PrivateNetworks,
): Promise<string | undefined> {
  if (client.subject_type !== 'pairwise' || client.sector_identifier_uri === undefined) return undefined;
  try {
    const named = await fetchList(new URL(client.sector_identifier_uri), privateNetworks);
    const missing = client.redirect_uris.find((uri) => !named.includes(uri));
    return missing === undefined ? undefined : `${missing} is not in it`;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}

async function fetchList(uri: URL, privateNetworks: PrivateNetworks): Promise<unknown[]> {
  const wish = { headers: { accept: 'application/json' }, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
  const { status, body } = await askAbroad(uri, { ...wish, privateNetworks });
  if (status !== 200) throw new Error(`it answered ${status}`);
  const list: unknown = JSON.parse(body);
  if (!Array.isArray(list)) throw new Error('it is no list');
  return list;
}
