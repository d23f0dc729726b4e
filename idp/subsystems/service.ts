import { timingSafeEqual } from 'node:crypto';
import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { ConfigurationError, Fault } from '#kit/errors.ts';
import { type PrivateNetworks, refuseForeignNetwork } from '#kit/http/outbound.ts';
import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { translate } from '#templates/locales.ts';
import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../audit/index.ts';
import { sectorFault, sectorOf } from '../pairwise-subjects/index.ts';
import { availableAlgorithms } from '../signing-keys/index.ts';
import { certificatelessFaults, keylessFaults } from './client-rules.ts';
import { CHAIN_ENDS_AT } from './client-manifest.ts';
import type { Manifest } from './manifest.ts';
import { type ManifestFault, fault } from './manifest-faults.ts';
import { compareManifests, fixedParts } from './policy.ts';
import {
  type ClientRow,
  deleteGrantsOfClient,
  findClientScope,
  findTaken,
  updateClientStatus,
  upsertClient,
  upsertSubsystem,
} from './store.ts';
import { endRegistration, replaceClient } from './store/federated.ts';
import { findVersion, insertVersion, lockNewestVersion } from './store/versions.ts';

export interface SubsystemDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  /** Whether addresses that a manifest names may be on a private network. */
  config?: {
    privateNetworks: PrivateNetworks;
    clientCertificates?: { verifiedHeader: string | undefined } | undefined;
  };
}

/** An administrator's deed in the console; without one an operator's command did it. */
export interface ByAdministrator {
  actor: ConsoleActor;
  from: Caller;
  reason: string;
}

export interface Application {
  by?: ByAdministrator;
  /** The version that was looked at when deciding; another one meanwhile is a conflict. 0: there was none. */
  basedOn?: number;
  /** The version this brings back. */
  restores?: number;
}

/**
 * Declares or updates a subsystem and its client from a reviewed manifest, and keeps it as a version when it says
 * anything new. When it takes a scope away, what was granted to the client before ends. A disabled client stays
 * disabled.
 * @param secret the client's secret when it authenticates with one; undefined keeps the one it has
 * @returns the number of the version in force
 * @throws ConfigurationError when it may not be applied; Fault conflict when `basedOn` is no longer the newest
 */
export async function applyManifest(
  deps: SubsystemDeps,
  manifest: Manifest,
  secret: string | undefined,
  { by, basedOn, restores }: Application = {},
): Promise<number> {
  const placeFaults = await faultsOfPlace(deps, manifest);
  return transact(deps.db, async (trx) => {
    const newest = await lockNewestVersion(trx, manifest.code);
    if (basedOn !== undefined && basedOn !== (newest?.version ?? 0)) throw new Fault('conflict');
    const faults = [...(await faultsAgainst(trx, newest?.manifest, manifest)), ...placeFaults];
    if (faults.length > 0) throw new ConfigurationError(faults.map(describeFault).join('\n'));
    const changes = compareManifests(newest?.manifest, manifest);
    const now = deps.clock();
    await upsertSubsystem(trx, manifest, now);
    const { client_id: clientId } = manifest.client;
    const before = await findClientScope(trx, clientId);
    const isClientAsBefore = changes.length === 0 && manifest.client.federation !== undefined;
    const isOurs =
      isClientAsBefore ||
      (await declareClient(trx, manifest, {
        clientId,
        subsystemCode: manifest.code,
        metadata: declaredMetadata(manifest),
        secretDigest: secret === undefined ? undefined : clientSecretDigest(deps.keyring, secret),
        secretSetAt: now,
        sector: sectorOf(manifest.client),
      }));
    if (!isOurs) throw new ConfigurationError(`The client ${clientId} belongs to another subsystem.`);
    const scopes = new Set(manifest.client.scope.split(' '));
    if (before?.split(' ').some((scope) => !scopes.has(scope))) await deleteGrantsOfClient(trx, clientId);
    const version = (newest?.version ?? 0) + (changes.length > 0 ? 1 : 0);
    if (changes.length > 0) {
      const reason = by?.reason ?? '';
      await insertVersion(trx, { manifest, number: version, by: by?.actor.accountId, reason, restores });
    }
    const details = { subsystem: manifest.code, version, changed: changes.slice(0, 50).map((at) => at.path) };
    await record(trx, by, 'subsystem.applied', manifest.code, clientId, details);
    return version;
  });
}

/** The client in force: one that was in its place, before a chain of trust or after, is no longer. */
async function declareClient(trx: Trx, { code, client }: Manifest, row: ClientRow): Promise<boolean> {
  const status = await replaceClient(trx, code, row.clientId);
  if (!(await upsertClient(trx, row))) return false;
  if (status) await updateClientStatus(trx, row.clientId, status);
  await endRegistration(trx, row.clientId, client.federation !== undefined, row.secretSetAt);
  return true;
}

/** What of `manifest` cannot be, seen what there is already: each at its place. */
export async function faultsAgainst(
  db: Db | Trx,
  before: Manifest | undefined,
  manifest: Manifest,
): Promise<ManifestFault[]> {
  const fixed = before ? fixedParts(before, manifest).map((path) => fault(path, 'fixed')) : [];
  const taken = (await findTaken(db, manifest)).map((path) => fault(path, 'taken'));
  return [...fixed, ...taken, ...keylessFaults(manifest.client, await availableAlgorithms(db))];
}

/**
 * What of it cannot be here: certificates that no proxy passes on, a sector whose address, asked now, does not speak
 * for the client, and an address to be notified at that leads into our network.
 */
export async function faultsOfPlace(
  { config }: Pick<SubsystemDeps, 'config'>,
  { client }: Manifest,
): Promise<ManifestFault[]> {
  const faults = certificatelessFaults(client, config?.clientCertificates);
  const reason = await sectorFault(client, config?.privateNetworks ?? false);
  if (reason !== undefined)
    faults.push(fault('client.sector_identifier_uri', 'sector_disagrees', { reason }));
  const notified = client.backchannel_client_notification_endpoint;
  if (notified !== undefined && !(await isOutside(notified, config?.privateNetworks ?? false))) {
    faults.push(fault('client.backchannel_client_notification_endpoint', 'unreachable'));
  }
  return faults;
}

async function isOutside(uri: string, privateNetworks: PrivateNetworks): Promise<boolean> {
  return refuseForeignNetwork(new URL(uri), privateNetworks).then(
    () => true,
    () => false,
  );
}

/** Brings an earlier version back as a new one. @throws Fault not_found, conflict; ConfigurationError */
export async function rollBack(
  deps: SubsystemDeps,
  code: string,
  version: number,
  deed: { by: ByAdministrator; basedOn: number },
): Promise<number> {
  const earlier = await findVersion(deps.db, code, version);
  if (!earlier) throw new Fault('not_found');
  return applyManifest(deps, earlier.manifest, undefined, { ...deed, restores: version });
}

/**
 * Disables or enables a client. A disabled one is refused everywhere within a second, and its grants end with
 * their tokens at once. @returns false when there is no such client
 */
export async function setClientStatus(
  db: Db,
  clientId: string,
  status: 'active' | 'disabled',
  by?: ByAdministrator,
): Promise<boolean> {
  return transact(db, async (trx) => {
    if (!(await updateClientStatus(trx, clientId, status))) return false;
    const grantsEnded = status === 'disabled' ? await deleteGrantsOfClient(trx, clientId) : 0;
    await record(trx, by, 'client.status_changed', clientId, clientId, { status, grantsEnded });
    return true;
  });
}

/** Client secrets are random, so a keyed hash protects them at rest and costs nothing on the hot path. */
export function clientSecretDigest(keyring: Keyring, secret: string): Buffer {
  return keyedDigest(keyring.derive('client-secret')[0], secret);
}

/** Whether this is the secret a digest was made of, under any of the master keys. */
export function isClientSecret(keyring: Keyring, stored: Buffer, secret: string): boolean {
  const digests = keyring.derive('client-secret').map((key) => keyedDigest(key, secret));
  return digests.filter((digest) => timingSafeEqual(digest, stored)).length > 0;
}

/** A fault in one English line, for operators' commands. */
export function describeFault({ path, key, params }: ManifestFault): string {
  const words = translate('en', `manifest-fault.${key}`, params);
  return path === '' ? words : `${path}: ${words}`;
}

/** One record of a deed to a subsystem or its client, by an administrator or an operator's command. */
export async function record(
  trx: Trx,
  by: ByAdministrator | undefined,
  type: `${string}.${string}`,
  target: string,
  clientId: string,
  details: Record<string, string | number | string[]>,
): Promise<void> {
  if (!by) return recordAudit(trx, { type, outcome: 'success', clientId, details });
  const { actor, from, reason } = by;
  const kind = type.split('.')[0] ?? '';
  await recordConsoleDeed(trx, actor, {
    type,
    target: { kind, id: target },
    clientId,
    details,
    reason,
    from,
  });
}

/** Whoever comes by a chain has none that holds until it comes. */
function declaredMetadata(manifest: Manifest): Record<string, unknown> {
  const metadata = clientMetadata(manifest);
  return manifest.client.federation ? { ...metadata, [CHAIN_ENDS_AT]: new Date(0).toISOString() } : metadata;
}

/** As what a client is registered that is all its manifest declares. */
export function clientMetadata(manifest: Manifest): Record<string, unknown> {
  const { federation: _chain, ...client } = manifest.client;
  return {
    ...client,
    client_name: manifest.name['zh-TW'],
    'client_name#en': manifest.name.en,
    response_types: client.grant_types.includes('authorization_code') ? ['code'] : [],
    backchannel_logout_session_required: client.backchannel_logout_uri !== undefined,
    first_party: manifest.party === 'first',
  };
}
