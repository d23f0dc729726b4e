import type { Adapter, AdapterPayload } from 'oidc-provider';
import { scopesOf } from '../../directory-api/index.ts';
import { PORTAL_CLIENT, type RegisteredClient } from '../../subsystems/index.ts';
import { removeClient, writeClient } from '../registration/client-writes.ts';
import { PLACEHOLDER, REGISTERED_PREFIX } from '../registration/features.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';
import { chainEnd, createAdmission, mustSignRequests } from './federated-client.ts';
import { findWork } from './unit-of-work.ts';

/**
 * Clients come from memory: the library asks for one at every request. A secret never is part of the document;
 * clients that have one carry a placeholder and are compared by keyed hash instead.
 */
export function clientAdapter(deps: StorageDeps): Adapter {
  const { database, registry, requirePushed = false } = deps;
  const documents = new WeakMap<RegisteredClient, AdapterPayload>();
  const signedAlone = new WeakMap<RegisteredClient, AdapterPayload>();
  const admit = createAdmission(deps);
  return {
    ...refusing,
    async find(clientId) {
      findWork()?.namesClient?.(clientId);
      // registered at another replica a moment ago: its notice may still be under way; an id somebody made up costs little
      if (clientId.startsWith(REGISTERED_PREFIX) && !registry.find(clientId)) {
        const known = await database.query('select 1 from client where client_id = $1', [clientId]);
        if (known.length > 0) await registry.refresh();
      }
      await admit(clientId);
      const client = registry.find(clientId);
      if (!client?.active) return undefined;
      const until = chainEnd(client);
      if (until && until <= deps.clock()) return undefined;
      const mustSign = mustSignRequests(client);
      const kept = mustSign ? signedAlone : documents;
      let document = kept.get(client);
      if (!document) {
        document = {
          ...toDocument(client, requirePushed),
          ...(mustSign && { require_signed_request_object: true }),
        };
        kept.set(client, document);
      }
      return document;
    },
    upsert(clientId, document) {
      writeClient(deps, clientId, document);
      return Promise.resolve();
    },
    destroy(clientId) {
      removeClient(clientId);
      return Promise.resolve();
    },
  };
}

function toDocument(client: RegisteredClient, requirePushed: boolean): AdapterPayload {
  const placeholder = client.secretDigest ? { client_secret: `${PLACEHOLDER}${client.revision}` } : {};
  // the library only checks this one, and allows no http even on loopback; the manifest has checked it already
  const { initiate_login_uri: _ours, scope, ...metadata } = client.metadata;
  return {
    ...metadata,
    ...(typeof scope === 'string' && { scope: ownScopes(scope) }),
    ...(requirePushed &&
      client.clientId !== PORTAL_CLIENT && { require_pushed_authorization_requests: true }),
    ...types(client),
    ...placeholder,
  };
}

/** What its resources declare (RFC 9396), if anything. */
function types({ subsystem }: RegisteredClient): { authorization_details_types?: string[] } {
  const declared = subsystem?.manifest.resources.flatMap(
    ({ authorizationDetails = [] }) => authorizationDetails,
  );
  return declared && declared.length > 0
    ? { authorization_details_types: declared.map(({ type }) => type) }
    : {};
}

/** The scopes that are the provider's own; those of the directory API belong to a resource, which knows them. */
function ownScopes(scope: string): string {
  const others: readonly string[] = scopesOf('person');
  return scope
    .split(' ')
    .filter((name) => !others.includes(name))
    .join(' ');
}
