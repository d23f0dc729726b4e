import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { readsAsRecoveryCode, redeemRecoveryCode } from './recovery-codes/service.ts';
import { TOTP_THROTTLE } from './throttle/policy.ts';
import { type Verdict, throttleSubject, throttled } from './throttle/service.ts';
import { redeemTotp } from './totp/service.ts';

/**
 * Redeems what was typed as second factor, the app's code or a recovery code. Wrong ones are counted by account
 * and not by journey, so that starting over gains no tries.
 */
export async function redeemTypedFactor(
  { db, keyring }: { db: Db; keyring: Keyring },
  attempt: { accountId: string; typed: string; now: Date },
): Promise<{ verdict: Verdict; kind: 'totp' | 'recovery_code' }> {
  const kind = readsAsRecoveryCode(attempt.typed) ? 'recovery_code' : 'totp';
  const redeem = kind === 'recovery_code' ? redeemRecoveryCode : redeemTotp;
  const subject = throttleSubject(keyring, TOTP_THROTTLE, attempt.accountId);
  const verdict = await throttled(
    db,
    TOTP_THROTTLE,
    subject,
    attempt.now,
    async (allowed) => allowed && redeem(db, keyring, attempt),
  );
  return { verdict, kind };
}
