import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { recordAudit } from '../audit/index.ts';
import { listDeadLetters, reviveDeadLetter } from './store.ts';

const LISTED = 200;

/** The mails given up, one a line: number, kind, when, tries, why. */
export async function describeDeadLetters(db: Db): Promise<string> {
  const letters = await listDeadLetters(db, LISTED);
  if (letters.length === 0) return 'no dead letters';
  return letters
    .map(({ id, kind, diedAt, attempts, error }) =>
      [id, kind, diedAt.toISOString(), attempts, error].join('\t'),
    )
    .join('\n');
}

/** Sends a dead letter after all. @throws ConfigurationError when there is none of that number */
export async function resendDeadLetter(db: Db, id: string, reason: string): Promise<string> {
  const revived = await db.transaction().execute(async (trx) => {
    const done = /^\d{1,15}$/.test(id) && (await reviveDeadLetter(trx, Number(id)));
    if (done) await recordAudit(trx, { type: 'mail.resent', details: { mail: id, reason } });
    return done;
  });
  if (!revived) throw new ConfigurationError(`there is no dead letter ${id}`);
  return `mail ${id} will be sent again`;
}
