import type { Locale } from '#kit/http/locale.ts';
import { ACR_PASSWORD } from '../authenticators/index.ts';
import { type UpstreamProvider, type Wishes, domainOf } from '../federation/index.ts';
import type { InteractionFacts } from './types.ts';

/** What the request asks of a sign-in, passed on to the provider that does it. A name of ours stays here. */
export function wishesOf(facts: InteractionFacts, provider: UpstreamProvider, locale: Locale): Wishes {
  const { loginHint = '', requestedAcr } = facts;
  const { emailDomains } = provider.manifest.vouchesFor;
  const isTheirs = loginHint.includes('@') && emailDomains.includes(domainOf(loginHint));
  return {
    locale,
    maxAge: facts.maxAge,
    anew: facts.reasons.includes('login_prompt'),
    strongly: requestedAcr.length > 0 && !requestedAcr.includes(ACR_PASSWORD),
    loginHint: isTheirs ? loginHint : undefined,
  };
}
