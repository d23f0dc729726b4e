import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { TotpOffer } from '../authenticators/index.ts';
import { decideRemoval } from './policy.ts';
import type { Factor, FactorNeeds } from './types.ts';

export const SECURITY = '/account/security';

export function securityView(
  locale: Locale,
  own: { factors: Factor[]; needs: FactorNeeds; codesLeft: number; takesCards: boolean; linksUrl: string },
): Views['idp/security'] {
  const hasTotp = own.factors.some(({ kind }) => kind === 'totp');
  return {
    factors: own.factors.map((factor) => ({
      ...factorRow(locale, factor),
      removable: decideRemoval(own.factors, factor.id, own.needs).allowed,
    })),
    needs: own.needs,
    hasTotp,
    totpUrl: `${SECURITY}/authenticator`,
    passkeyUrl: `${SECURITY}/passkey`,
    cardUrl: own.takesCards ? `${SECURITY}/card` : '',
    codesLeft: own.codesLeft,
    codesAction: `${SECURITY}/recovery-codes`,
    passwordUrl: '/account/password',
    linksUrl: own.linksUrl,
  };
}

export function factorRow(locale: Locale, factor: Factor) {
  const { kind, name, addedAt, lastUsedAt } = factor;
  const label = translate(locale, `security.kind-${kind}`);
  return {
    kind,
    label,
    name: name === '' ? label : name,
    addedAt,
    ...(lastUsedAt && { lastUsedAt }),
    address: `${SECURITY}/factors/${encodeURIComponent(factor.id)}`,
  };
}

export function enrolmentView(
  offer: TotpOffer,
  form: { action: string; cancelUrl: string; name: string; errors: FieldError[]; forced: boolean },
): Views['idp/totp-enrolment'] {
  const { sealed, secret, qr } = offer;
  return { ...form, sealed, secret: secret.replaceAll(/(.{4})(?=.)/g, '$1 '), qr };
}
