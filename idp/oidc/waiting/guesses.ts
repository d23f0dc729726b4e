import Provider from 'oidc-provider';
import {
  USER_CODE_ADDRESS_THROTTLE,
  USER_CODE_THROTTLE,
  releaseAttempt,
  reserveAttempt,
  throttleSubject,
} from '../../authenticators/index.ts';
import type { StorageDeps } from '../storage/adapter-base.ts';
import type { UnitOfWork } from '../storage/unit-of-work.ts';

/** Too many wrong codes were typed by one person or from one address: nothing is looked up for a while. */
export class TooManyGuesses extends Error {
  override readonly name = 'TooManyGuesses';
  readonly status = 429;
  readonly statusCode = 429;
  readonly expose = true;
  /** Kept in the field. */
  readonly userCode: string;

  constructor(userCode: string) {
    super('too many wrong codes');
    this.userCode = userCode;
  }
}

/**
 * Looks a user code up as long as guesses are left (RFC 8628 §5.1). Each try is counted before it is looked at, at
 * every replica alike; one that hits is given back, so that nobody's own code makes room for more guesses.
 * @throws TooManyGuesses
 */
export async function limitGuesses<T>(
  { database: { db }, keyring, clock }: StorageDeps,
  { hints }: UnitOfWork,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const accountId = Provider.ctx?.oidc.session?.accountId;
  const counted = [
    { rule: USER_CODE_ADDRESS_THROTTLE, of: hints.ip },
    ...(accountId === undefined ? [] : [{ rule: USER_CODE_THROTTLE, of: accountId }]),
  ].map(({ rule, of }) => ({ rule, subject: throttleSubject(keyring, rule, of) }));
  for (const { rule, subject } of counted) {
    if ((await reserveAttempt(db, rule, subject, clock())) === undefined) {
      const typed = Provider.ctx?.oidc.params?.['user_code'];
      throw new TooManyGuesses(typeof typed === 'string' ? typed : '');
    }
  }
  const found = await find();
  if (found) for (const { rule, subject } of counted) await releaseAttempt(db, rule, subject);
  return found;
}
