import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../audit/index.ts';
import { excludes, parseNetwork } from './policy.ts';
import { deleteNetwork, insertNetwork, listNetworks, lockNetworks } from './store.ts';
import type { AllowListDeps, GuardedRole, NetworkOutcome } from './types.ts';

/** Whoever changes the list: an administrator from an address, or an operator at the command line. */
export type Changer = { actor: ConsoleActor; from: Caller } | { actor?: undefined };

const refused = (reason: Extract<NetworkOutcome, { changed: false }>['reason']): NetworkOutcome => ({
  changed: false,
  reason,
});

class Undone extends Error {}

/**
 * Lets a role use the console from one more network. The first network of a role closes it to all other addresses.
 * Refused: what would keep out whoever asks, from the address they ask from.
 */
export function addNetwork(
  deps: AllowListDeps,
  changer: Changer,
  entry: { role: GuardedRole; network: string; note: string },
): Promise<NetworkOutcome> {
  const network = parseNetwork(entry.network);
  if (network === undefined) return Promise.resolve(refused('bad_network'));
  return change(deps, changer, entry.note, async (trx) => {
    const added = await insertNetwork(trx, {
      ...entry,
      network,
      addedBy: changer.actor?.accountId ?? null,
    });
    if (!added) return 'listed_already';
    return { type: 'console_network.added', id: added.id, role: entry.role, network: added.network };
  });
}

/** Takes a network away; the last one of a role opens the role to every address. */
export function removeNetwork(
  deps: AllowListDeps,
  changer: Changer,
  id: number,
  reason: string,
): Promise<NetworkOutcome> {
  return change(deps, changer, reason, async (trx) => {
    const found = (await listNetworks(trx)).find((network) => network.id === id);
    if (!found) return 'unknown_network';
    await deleteNetwork(trx, id);
    return { type: 'console_network.removed', id, role: found.role, network: found.network };
  });
}

interface Done {
  type: 'console_network.added' | 'console_network.removed';
  id: number;
  role: GuardedRole;
  network: string;
}

async function change(
  deps: AllowListDeps,
  changer: Changer,
  reason: string,
  deed: (trx: Trx) => Promise<Done | 'listed_already' | 'unknown_network'>,
): Promise<NetworkOutcome> {
  try {
    return await transact(deps.db, async (trx) => {
      await lockNetworks(trx);
      const done = await deed(trx);
      if (typeof done === 'string') return refused(done);
      const after = await listNetworks(trx);
      if (changer.actor && excludes(after, { role: changer.actor.role, address: changer.from.ip })) {
        throw new Undone();
      }
      await record(trx, changer, done, reason);
      return { changed: true };
    });
  } catch (error) {
    if (error instanceof Undone) return refused('excludes_you');
    throw error;
  }
}

async function record(trx: Trx, changer: Changer, done: Done, reason: string): Promise<void> {
  const { type, id, role, network } = done;
  if (!changer.actor) {
    await recordAudit(trx, { type, details: { via: 'command', role, network, reason } });
    return;
  }
  await recordConsoleDeed(trx, changer.actor, {
    type,
    target: { kind: 'console_network', id: String(id) },
    details: { role, network },
    reason,
    from: changer.from,
  });
}
