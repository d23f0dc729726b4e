import { digest } from '#kit/random.ts';
import type { Caller } from '../../audit/index.ts';
import { ACR_PASSWORD } from '../../authenticators/index.ts';
import type { Answered } from '../../sign-in-requests/index.ts';
import type { ProviderHolder } from '../holder.ts';
import { readAskedById } from '../storage/read-waiting.ts';
import type { OidcDeps } from '../types.ts';
import { answerRequest } from './answers.ts';

/**
 * Answers a request in its person's place, as if they had just signed in by password: for the test suite, whose people
 * are made up.
 * @throws Error outside certification mode
 */
export async function answerForSuite(
  deps: OidcDeps,
  holder: ProviderHolder,
  authReqId: string,
  allow: boolean,
  caller: Caller,
): Promise<Answered> {
  if (!deps.config.certification) throw new Error('only in certification mode');
  const asked = await readAskedById(deps.database, digest(authReqId));
  if (!asked) return 'gone';
  const { accountId, handle } = asked;
  const authTime = Math.floor(deps.clock().getTime() / 1000);
  const signIn = { acr: ACR_PASSWORD, amr: ['pwd'], authTime };
  const approve = () => Promise.resolve({ signIn, subsystemAccountId: undefined });
  return answerRequest(deps, holder, { accountId, handle, caller }, allow ? approve : undefined);
}
