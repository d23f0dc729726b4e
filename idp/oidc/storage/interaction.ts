import type { AdapterPayload } from 'oidc-provider';
import { digest } from '#kit/random.ts';
import type { StorageDeps } from './adapter-base.ts';
import { currentWork } from './unit-of-work.ts';

type Database = StorageDeps['database'];

/** An interaction by its uid, read once a request: the way back from a sign-in looks at it before the library. */
export async function findInteraction(database: Database, uid: string): Promise<AdapterPayload | undefined> {
  const work = currentWork();
  if (!work.interactions.has(uid)) {
    const row = await read(database, uid);
    work.keptAnswer = row?.answer ?? undefined;
    work.interactions.set(uid, row?.answer ? undefined : row?.payload);
  }
  return work.interactions.get(uid);
}

/** The sealed answer of an interaction that has ended, as it is now. */
export async function findKeptAnswer(database: Database, uid: string): Promise<Buffer | undefined> {
  return (await read(database, uid))?.answer ?? undefined;
}

async function read(database: Database, uid: string) {
  const [row] = await database.read<{ payload: AdapterPayload; answer: Buffer | null }>(
    'select payload, answer from oidc_interaction where uid_digest = $1 and (expires_at > now()) is true',
    [digest(uid)],
  );
  return row;
}
