import { timingSafeEqual } from 'node:crypto';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { recordAudit } from '../audit/index.ts';
import type { Manifest } from './manifest.ts';
import {
  deleteGrantsOfClient,
  findClientScope,
  updateClientStatus,
  upsertClient,
  upsertSubsystem,
} from './store.ts';

export interface SubsystemDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
}

/**
 * Declares or updates a subsystem and its client from a reviewed manifest. When it takes a scope away, what was
 * granted to the client before ends.
 * @param secret the client's secret when it authenticates with one; undefined keeps the one it has
 * @throws ConfigurationError when its client id is another subsystem's
 */
export async function applyManifest(
  deps: SubsystemDeps,
  manifest: Manifest,
  secret: string | undefined,
): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    await upsertSubsystem(trx, manifest, deps.clock());
    const { client_id: clientId } = manifest.client;
    const before = await findClientScope(trx, clientId);
    const isOurs = await upsertClient(trx, {
      clientId,
      subsystemCode: manifest.code,
      metadata: clientMetadata(manifest),
      secretDigest: secret === undefined ? undefined : clientSecretDigest(deps.keyring, secret),
    });
    if (!isOurs) throw new ConfigurationError(`The client ${clientId} belongs to another subsystem.`);
    const scopes = new Set(manifest.client.scope.split(' '));
    if (before?.split(' ').some((scope) => !scopes.has(scope))) await deleteGrantsOfClient(trx, clientId);
    await recordAudit(trx, {
      type: 'subsystem.applied',
      outcome: 'success',
      clientId: manifest.client.client_id,
      details: { subsystem: manifest.code },
    });
  });
}

/**
 * Disables or enables a client. A disabled one is refused everywhere within a second, and its grants end with
 * their tokens at once. @returns false when there is no such client
 */
export async function setClientStatus(
  db: Db,
  clientId: string,
  status: 'active' | 'disabled',
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    if (!(await updateClientStatus(trx, clientId, status))) return false;
    if (status === 'disabled') await deleteGrantsOfClient(trx, clientId);
    await recordAudit(trx, { type: 'client.status_changed', clientId, details: { status } });
    return true;
  });
}

/** Client secrets are random, so a keyed hash protects them at rest and costs nothing on the hot path. */
function clientSecretDigest(keyring: Keyring, secret: string): Buffer {
  return keyedDigest(keyring.derive('client-secret')[0], secret);
}

/** Whether this is the secret a digest was made of, under any of the master keys. */
export function isClientSecret(keyring: Keyring, stored: Buffer, secret: string): boolean {
  const digests = keyring.derive('client-secret').map((key) => keyedDigest(key, secret));
  return digests.filter((digest) => timingSafeEqual(digest, stored)).length > 0;
}

function clientMetadata(manifest: Manifest): Record<string, unknown> {
  const { client } = manifest;
  return {
    ...client,
    client_name: manifest.name['zh-TW'],
    'client_name#en': manifest.name.en,
    response_types: client.grant_types.includes('authorization_code') ? ['code'] : [],
    backchannel_logout_session_required: client.backchannel_logout_uri !== undefined,
    first_party: manifest.party === 'first',
  };
}
