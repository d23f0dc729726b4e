import { clientsWaitedFor, stateOf } from './policy.ts';
import type { SigningKeyDeps } from './service.ts';
import { listKeys } from './store.ts';
import { listKeyFetches } from './store/evidence.ts';
import type { ClientEvidence, SigningKey } from './types.ts';

/** A successor that is announced, what is known of each client, and whom it waits for. */
export interface Waiting {
  key: SigningKey;
  clients: ClientEvidence[];
  waitsFor: string[];
}

/** Every announced key with the evidence so far. */
export async function listWaits({ db, clock }: Pick<SigningKeyDeps, 'db' | 'clock'>): Promise<Waiting[]> {
  const now = clock();
  const announced = (await listKeys(db, now)).filter((key) => stateOf(key, now) === 'announced');
  return Promise.all(
    announced.map(async (key) => {
      const clients = await listKeyFetches(db, key.kid);
      return { key, clients, waitsFor: clientsWaitedFor(clients, now) };
    }),
  );
}
