import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, DAY, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { type Caller, type ConsoleActor, recordAudit, recordConsoleDeed } from '../audit/index.ts';
import { insertInitialToken, revokeInitialToken } from './store.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/** An operator in the console; without one it is the command line. */
export interface Issuer {
  actor: ConsoleActor;
  from: Caller;
}

/** Lets whoever holds it register so many clients. @returns the token, told here and never again, and its handle */
export async function issueInitialToken(
  { db, clock }: Deps,
  wish: { label: string; reason: string; clients: number; days: number },
  by?: Issuer,
): Promise<{ token: string; handle: string }> {
  const token = randomToken(32);
  const { label, reason, clients, days } = wish;
  return transact(db, async (trx) => {
    const expiresAt = after(clock(), days * DAY);
    const row = { digest: digest(token), label, reason, uses: clients, expiresAt };
    const handle = await insertInitialToken(trx, row);
    await record(trx, by, 'registration_token.issued', handle, reason, { label, uses: clients, days });
    return { token, handle };
  });
}

/** What was registered with it stays. @returns false when there is none of that handle that still works */
export async function revokeToken(
  { db }: Pick<Deps, 'db'>,
  handle: string,
  reason: string,
  by?: Issuer,
): Promise<boolean> {
  return transact(db, async (trx) => {
    if (!(await revokeInitialToken(trx, handle))) return false;
    await record(trx, by, 'registration_token.revoked', handle, reason, {});
    return true;
  });
}

async function record(
  trx: Trx,
  by: Issuer | undefined,
  type: `registration_token.${'issued' | 'revoked'}`,
  handle: string,
  reason: string,
  details: Record<string, string | number>,
): Promise<void> {
  if (!by) {
    await recordAudit(trx, { type, outcome: 'success', details: { handle, ...details, reason } });
    return;
  }
  const target = { kind: 'registration_token', id: handle };
  await recordConsoleDeed(trx, by.actor, { type, target, details, reason, from: by.from });
}
