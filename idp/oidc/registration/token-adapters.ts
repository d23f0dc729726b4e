import Provider, { type Adapter } from 'oidc-provider';
import { digest } from '#kit/random.ts';
import { isClientSecret } from '../../subsystems/index.ts';
import { type StorageDeps, refusing } from '../storage/adapter-base.ts';
import { currentWork } from '../storage/unit-of-work.ts';
import { OPEN_TOKEN, POLICY } from './features.ts';

interface Row {
  client_id: string;
  created_at: Date;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** What operators issue. It is counted down as the client is written, so that N clients are never N + 1. */
export function initialTokenAdapter({ database, clock, config }: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      if (config.certification && id === OPEN_TOKEN) {
        return { jti: id, kind: 'InitialAccessToken', iat: seconds(clock()), policies: [POLICY] };
      }
      const key = digest(id);
      const [row] = await database.query<Pick<Row, 'created_at'> & { handle: string }>(
        `select handle, created_at from registration_token
         where id_digest = $1 and kind = 'initial' and revoked_at is null and uses_left > 0 and expires_at > now()`,
        [key],
      );
      if (!row) return undefined;
      currentWork().writes.registration.initialToken = { digest: key, handle: row.handle };
      return { jti: id, kind: 'InitialAccessToken', iat: seconds(row.created_at), policies: [POLICY] };
    },
  };
}

/** One of each registered client: another after each change. Of a disabled client it is worth nothing. */
export function managementTokenAdapter(deps: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      const [row] = await deps.database.query<Row>(
        `select t.client_id, t.created_at from registration_token t
         join client c on c.client_id = t.client_id and c.status = 'active'
         where t.id_digest = $1 and t.kind = 'management' and t.revoked_at is null`,
        [digest(id)],
      );
      if (!row) return undefined;
      compareSecretOf(deps, row.client_id);
      const { client_id: clientId } = row;
      return {
        ...{ jti: id, kind: 'RegistrationAccessToken', iat: seconds(row.created_at) },
        ...{ clientId, policies: [POLICY] },
      };
    },
    upsert(id, { clientId = '' }) {
      currentWork().writes.registration.newToken = { digest: digest(id), clientId };
      return Promise.resolve();
    },
    destroy(id) {
      currentWork().writes.registration.endedToken = digest(id);
      return Promise.resolve();
    },
  };
}

/**
 * RFC 7592 §2.2: a secret that comes with a change must be the client's. The library compares texts, and only a digest
 * is known here; so what matches the digest is replaced by what the library takes for the secret.
 */
function compareSecretOf({ keyring, registry }: StorageDeps, clientId: string): void {
  const oidc = Provider.ctx?.oidc;
  if (oidc?.route !== 'client_update') return;
  let body: Record<string, unknown> | undefined;
  Object.defineProperty(oidc, 'body', {
    configurable: true,
    get: () => body,
    set(given: Record<string, unknown> | undefined) {
      body = given;
      const { secretDigest } = registry.find(clientId) ?? {};
      const secret = given?.['client_secret'];
      if (!given || typeof secret !== 'string' || !secretDigest) return;
      const own = oidc.entities.Client?.clientSecret;
      if (isClientSecret(keyring, secretDigest, secret)) body = { ...given, client_secret: own };
    },
  });
}
