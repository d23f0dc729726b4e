import * as oidc from 'openid-client';
import { Fault } from '#kit/errors.ts';
import { type KnownAccount, type Session, openTokens } from '../sessions/index.ts';
import { type Identity, asKnown, readProfile } from './claims.ts';
import { type Answer, ask } from './failures.ts';
import type { RelyingParty } from './types.ts';

/**
 * The person's name and every account they could act as here. The answer must be about the same `sub`
 * (OpenID Connect Core §5.3.4).
 */
export async function askUserinfo(
  party: RelyingParty,
  accessToken: string,
  identity: Pick<Identity, 'sub' | 'account'>,
): Promise<Answer<{ personName: string; knownAccounts: KnownAccount[] }>> {
  const configuration = await party.provider.configuration();
  const answer = await ask(() => oidc.fetchUserInfo(configuration, accessToken, identity.sub));
  if (!answer.ok) return answer;
  const profile = readProfile(answer.value);
  if (!profile) {
    return { ok: false, failure: { kind: 'unsound', cause: new Error('userinfo is not as agreed') } };
  }
  const others = profile.others.filter((account) => account.id !== identity.account.id);
  return {
    ok: true,
    value: { personName: profile.personName, knownAccounts: [asKnown(identity.account), ...others] },
  };
}

/**
 * How the person is reached, as the single entry says at this moment; undefined while it cannot be asked. Nothing of
 * it is kept here.
 */
export async function askContact(
  party: Pick<RelyingParty, 'provider' | 'keyring'>,
  session: Session,
): Promise<{ email: string; phone: string } | undefined> {
  try {
    const configuration = await party.provider.configuration();
    const { accessToken } = openTokens(party.keyring, session);
    const answer = await ask(() => oidc.fetchUserInfo(configuration, accessToken, session.sub));
    if (!answer.ok) return undefined;
    return { email: answer.value.email ?? '', phone: answer.value.phone_number ?? '' };
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
