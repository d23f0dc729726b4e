import type { Db } from '#db/mch/tables.ts';
import { type Clock, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Past } from '../sessions/index.ts';
import { KEPT_MS } from './policy.ts';
import { type SealedForm, saveForm, takeSealed } from './store.ts';
import type { KeptForm } from './types.ts';

const PURPOSE = 'kept-form';

export interface KeepDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
}

/** Readable only as the form of this person and account. */
const contextOf = ({ iss, sub, accountId }: Past): string => JSON.stringify([iss, sub, accountId]);

/** Keeps a form for whom it was typed by, sealed, for a quarter of an hour. */
export async function keep({ db, clock, keyring }: KeepDeps, whose: Past, form: KeptForm): Promise<void> {
  const sealed = keyring.seal(PURPOSE, Buffer.from(JSON.stringify(form)), contextOf(whose));
  await saveForm(db, whose, { sealed, expiresAt: after(clock(), KEPT_MS) });
}

/** Gives the form back to the same person and account, once. */
export async function take(
  { db, clock, keyring }: KeepDeps,
  whose: Past,
): Promise<{ form: KeptForm; row: SealedForm } | undefined> {
  const row = await takeSealed(db, whose, clock());
  if (!row) return undefined;
  const text = keyring.open(PURPOSE, row.sealed, contextOf(whose)).toString('utf8');
  return { form: JSON.parse(text) as KeptForm, row };
}
