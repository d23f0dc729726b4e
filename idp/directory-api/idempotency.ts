import type { Db } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import { digest } from '#kit/random.ts';
import { claimKey, settleKey } from './store/answers.ts';
import type { ApiAnswer, ApiCaller } from './types.ts';

const KEY = /^[\x21-\x7e]{1,100}$/;

/**
 * Does work once for each key of a caller (the Idempotency-Key header): the same request again gets the answer it
 * had, another request under the key is refused. What failed may be tried again.
 * @param request everything that makes two requests the same
 * @throws Fault bad_request for a key that cannot be one
 */
export async function answerOnce(
  db: Db,
  caller: ApiCaller,
  key: string,
  request: string,
  work: () => Promise<ApiAnswer>,
): Promise<ApiAnswer> {
  if (!KEY.test(key)) throw new Fault('bad_request');
  const own = caller.kind === 'client' ? key : `${caller.accountId} ${key}`;
  const fingerprint = digest(request);
  const claim = await claimKey(db, caller.clientId, own, fingerprint);
  if (claim.kind === 'under_way') return { status: 409, body: { error: 'under_way' } };
  if (claim.kind === 'answered') {
    const isSame = claim.fingerprint.equals(fingerprint);
    return isSame ? claim.answer : { status: 422, body: { error: 'idempotency_key_reused' } };
  }
  let answer: ApiAnswer | undefined;
  try {
    answer = await work();
    return answer;
  } finally {
    await settleKey(db, caller.clientId, own, answer);
  }
}
