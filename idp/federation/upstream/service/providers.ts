import { transact } from '#db/transact.ts';
import { ConfigurationError, Fault } from '#kit/errors.ts';
import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../../../audit/index.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { endSessions } from '../../../sessions/index.ts';
import { SECRET_PURPOSE } from '../client.ts';
import type { ProviderManifest } from '../manifest.ts';
import { issuerFault } from '../policy.ts';
import {
  listProviders,
  lockProviders,
  lockSessionsOfProvider,
  updateProviderStatus,
  upsertProvider,
} from '../store/providers.ts';

export interface ProviderDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  config: { loopback: boolean; issuer: string };
}

/** An administrator's deed in the console; without one an operator's command did it. */
export interface ByAdministrator {
  actor: ConsoleActor;
  from: Caller;
}

/**
 * Declares or updates a provider from a reviewed manifest. Its issuer never changes: links hold issuer and subject.
 * @param secret its client secret where it authenticates us with one; undefined keeps the one there is
 * @throws ConfigurationError naming what is wrong
 */
export async function applyProvider(
  { db, clock, keyring, config }: ProviderDeps,
  manifest: ProviderManifest,
  secret: string | undefined,
): Promise<void> {
  const { code, issuer, client } = manifest;
  const fault = issuerFault(issuer, config.loopback);
  if (fault !== undefined) throw new ConfigurationError(`${code}: issuer ${fault}`);
  if (issuer === config.issuer) throw new ConfigurationError(`${code}: issuer is this provider itself`);
  await transact(db, async (trx) => {
    await lockProviders(trx);
    const all = await listProviders(trx);
    const before = all.find((provider) => provider.code === code);
    if (before && before.issuer !== issuer) throw new ConfigurationError(`${code}: issuer cannot change`);
    if (all.some((other) => other.code !== code && other.issuer === issuer)) {
      throw new ConfigurationError(`${code}: another provider has this issuer`);
    }
    const needsSecret = client.authentication !== 'private_key_jwt';
    if (needsSecret && secret === undefined && before?.secretSealed === undefined) {
      throw new ConfigurationError(`${code}: its client secret is not given`);
    }
    const sealed =
      needsSecret && secret !== undefined
        ? keyring.seal(SECRET_PURPOSE, Buffer.from(secret), code)
        : undefined;
    await upsertProvider(trx, manifest, { secretSealed: sealed, now: clock() });
    await recordAudit(trx, { type: 'upstream_provider.applied', details: { provider: code, issuer } });
  });
}

/**
 * Lets a provider vouch for nobody any more, or again. Disabled, it is gone from the sign-in page, and the sessions
 * its sign-ins began end with all that was granted in them; links stay for when it is enabled.
 * @returns how many sessions ended
 * @throws Fault not_found; conflict when it is so already
 */
export async function setProviderStatus(
  { db, clock }: Pick<ProviderDeps, 'db' | 'clock'>,
  code: string,
  status: 'active' | 'disabled',
  { reason, by }: { reason: string; by?: ByAdministrator },
): Promise<number> {
  return transact(db, async (trx) => {
    await lockProviders(trx);
    const provider = (await listProviders(trx)).find((one) => one.code === code);
    if (!provider) throw new Fault('not_found');
    if (provider.active === (status === 'active')) throw new Fault('conflict');
    await updateProviderStatus(trx, code, status, clock());
    const going = status === 'disabled' ? await lockSessionsOfProvider(trx, code) : [];
    const ended = await endSessions(trx, going, 'administrator');
    await record(trx, { code, status, ended, reason, by });
    return ended;
  });
}

async function record(
  trx: Trx,
  deed: {
    code: string;
    status: 'active' | 'disabled';
    ended: number;
    reason: string;
    by?: ByAdministrator | undefined;
  },
): Promise<void> {
  const { code, ended, reason, by } = deed;
  const type = deed.status === 'active' ? 'upstream_provider.enabled' : 'upstream_provider.disabled';
  if (!by) {
    const details = { provider: code, reason, sessionsEnded: ended };
    return recordAudit(trx, { type, outcome: 'success', details });
  }
  const target = { kind: 'upstream_provider', id: code };
  await recordConsoleDeed(trx, by.actor, {
    type,
    target,
    reason,
    details: { sessionsEnded: ended },
    from: by.from,
  });
}
