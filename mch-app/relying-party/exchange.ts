import * as oidc from 'openid-client';
import type { Arrival, Session, Tokens } from '../sessions/index.ts';
import { asKnown } from './claims.ts';
import { type Answer, ask } from './failures.ts';
import { SCOPE } from './scope.ts';
import { entryOf } from './tokens.ts';
import type { RelyingParty } from './types.ts';
import { askUserinfo } from './userinfo.ts';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Exchanges the session's access token for tokens of another of the person's accounts (RFC 8693, with the
 * single entry's `account` parameter). The answer's ID token must be about the same person and that account.
 */
export async function exchange(
  party: RelyingParty,
  session: Session,
  tokens: Tokens,
  accountId: string,
): Promise<Answer<Arrival>> {
  const answer = await ask(async () =>
    oidc.genericGrantRequest(await party.provider.configuration(), TOKEN_EXCHANGE, {
      subject_token: tokens.accessToken,
      subject_token_type: ACCESS_TOKEN,
      account: accountId,
      scope: SCOPE, // those of the directory API too, which the access token has not
    }),
  );
  if (!answer.ok) return answer;
  const entry = await entryOf(party, answer.value);
  if (!entry.ok) return entry;

  const { identity, tokens: brought } = entry.value;
  const samePerson = identity.iss === session.iss && identity.sub === session.sub;
  if (!samePerson || identity.account.id !== accountId) {
    return { ok: false, failure: { kind: 'unsound', cause: new Error('tokens of another account') } };
  }
  const profile = await askUserinfo(party, brought.accessToken, identity);
  return { ok: true, value: { ...identity, ...(profile.ok ? profile.value : asBefore()), tokens: brought } };

  /** The switch is done; the name and the list known so far will do until the next refresh. */
  function asBefore() {
    const others = session.knownAccounts.filter((account) => account.id !== accountId);
    return { personName: session.personName, knownAccounts: [asKnown(identity.account), ...others] };
  }
}
