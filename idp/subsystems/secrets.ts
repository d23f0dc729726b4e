import { transact } from '#db/transact.ts';
import { after, DAY } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { randomToken } from '#kit/random.ts';
import { type ByAdministrator, type SubsystemDeps, clientSecretDigest, record } from './service.ts';
import { dropPreviousSecret, lockClientSecrets, replaceSecret } from './store/secrets.ts';

const SECRET_BYTES = 32;
/** How long the secret before may stay good: at once not at all, at most until the next quarter. */
export const MAX_OVERLAP_DAYS = 90;

/** A secret nobody has seen yet. */
export function newClientSecret(): string {
  return randomToken(SECRET_BYTES);
}

/**
 * Gives a client a new secret, told here and never again. The one before stays good for `overlapDays`, so that
 * the subsystem changes over without an outage; one before that ends now.
 * @throws Fault not_found, or bad_request when the client authenticates without a secret or the span is too long
 */
export async function rotateClientSecret(
  deps: SubsystemDeps,
  clientId: string,
  overlapDays: number,
  by: ByAdministrator,
): Promise<{ secret: string; previousUntil: Date | undefined }> {
  if (!Number.isInteger(overlapDays) || overlapDays < 0 || overlapDays > MAX_OVERLAP_DAYS) {
    throw new Fault('bad_request');
  }
  return transact(deps.db, async (trx) => {
    const held = await lockClientSecrets(trx, clientId);
    if (!held) throw new Fault('not_found');
    if (!held.method.startsWith('client_secret_')) throw new Fault('bad_request');
    const secret = newClientSecret();
    const now = deps.clock();
    const overlaps = overlapDays > 0 && held.digest !== undefined;
    const previousUntil = overlaps ? after(now, overlapDays * DAY) : undefined;
    await replaceSecret(trx, clientId, {
      digest: clientSecretDigest(deps.keyring, secret),
      previousDigest: overlaps ? held.digest : undefined,
      previousUntil,
      at: now,
    });
    await record(trx, by, 'client_secret.rotated', clientId, clientId, {
      previousUntil: previousUntil?.toISOString() ?? '',
    });
    return { secret, previousUntil };
  });
}

/** Ends the secret before the present one at once. @throws Fault not_found when there is none */
export async function revokePreviousSecret(
  deps: SubsystemDeps,
  clientId: string,
  by: ByAdministrator,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    if (!(await dropPreviousSecret(trx, clientId))) throw new Fault('not_found');
    await record(trx, by, 'client_secret.revoked', clientId, clientId, {});
  });
}
