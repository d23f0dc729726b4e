import { type AdapterPayload, errors } from 'oidc-provider';
import { clientSecretDigest } from '../../subsystems/index.ts';
import { sectorOf } from '../../pairwise-subjects/index.ts';
import { REGISTERED_WITH } from '../../registration/index.ts';
import type { StorageDeps } from '../storage/adapter-base.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import { PLACEHOLDER } from './features.ts';

const OF_TOKENS = ['client_secret', 'registration_access_token', 'registration_client_uri'];

/**
 * A registered client as it is to be written: its secret only as a digest.
 * @throws InvalidClientMetadata when it would take the subjects of its sector elsewhere
 */
export function writeClient(deps: StorageDeps, clientId: string, document: AdapterPayload): void {
  const { client_secret: secret } = document as { client_secret?: string };
  const own = Object.entries(document).filter(([name]) => !OF_TOKENS.includes(name));
  const before = deps.registry.find(clientId);
  const { writes, hints } = currentWork();
  const by = before ? before.metadata[REGISTERED_WITH] : writes.registration.initialToken?.handle;
  const metadata = {
    ...Object.fromEntries(own),
    first_party: false,
    ...(typeof by === 'string' && { [REGISTERED_WITH]: by }),
  };
  const sector = sectorOf(metadata as unknown as Parameters<typeof sectorOf>[0]);
  if (before?.sector !== undefined && before.sector !== sector) {
    throw new errors.InvalidClientMetadata('the sector of a client is for good');
  }
  writes.registration.client = {
    clientId,
    metadata,
    secretDigest: digestOf(deps, secret),
    keepsSecret: secret?.startsWith(PLACEHOLDER) ?? false,
    sector,
    exists: before !== undefined,
    endsGrants: before !== undefined && narrows(before.metadata['scope'], metadata),
  };
  writes.audits.push({
    type: before ? 'client.changed' : 'client.added',
    clientId,
    details: { by: 'registration', ...(typeof by === 'string' && { token: by }) },
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
  });
}

/** It stays as a row that says so, and nothing of it works any more. */
export function removeClient(clientId: string): void {
  const { writes, hints } = currentWork();
  writes.registration.removed = clientId;
  writes.audits.push({
    type: 'client.removed',
    clientId,
    details: { by: 'registration' },
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
  });
}

function digestOf({ keyring }: StorageDeps, secret: string | undefined): Buffer | undefined {
  return secret === undefined || secret.startsWith(PLACEHOLDER)
    ? undefined
    : clientSecretDigest(keyring, secret);
}

/** What was granted before may hold what the client no longer asks for. */
function narrows(before: unknown, metadata: Record<string, unknown>): boolean {
  const { scope } = metadata;
  if (typeof before !== 'string' || typeof scope !== 'string') return before !== scope;
  const kept = new Set(scope.split(' '));
  return before.split(' ').some((each) => !kept.has(each));
}
