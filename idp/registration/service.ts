import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, DAY, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { recordAudit } from '../audit/index.ts';
import { insertInitialToken, revokeInitialToken } from './store.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/** Lets whoever holds it register so many clients. @returns the token, told here and never again, and its handle */
export async function issueInitialToken(
  { db, clock }: Deps,
  wish: { label: string; reason: string; uses: number; days: number },
): Promise<{ token: string; handle: string }> {
  const token = randomToken(32);
  const { label, reason, uses } = wish;
  return transact(db, async (trx) => {
    const expiresAt = after(clock(), wish.days * DAY);
    const handle = await insertInitialToken(trx, { digest: digest(token), label, reason, uses, expiresAt });
    const details = { handle, label, uses, days: wish.days, reason };
    await recordAudit(trx, { type: 'registration_token.issued', details });
    return { token, handle };
  });
}

/** What was registered with it stays. @returns false when there is none of that handle that still works */
export async function revokeToken({ db }: Deps, handle: string, reason: string): Promise<boolean> {
  return transact(db, async (trx) => {
    if (!(await revokeInitialToken(trx, handle))) return false;
    const details = { handle, reason };
    await recordAudit(trx, { type: 'registration_token.revoked', outcome: 'success', details });
    return true;
  });
}
