import type { Locale } from '#kit/http/locale.ts';
import type { AccountOption, SubsystemLabel, Views } from '#templates/views.ts';
import type { UpstreamProvider } from '../federation/index.ts';
import { satisfiesAcr } from '../authenticators/index.ts';
import type { BoundAccount } from '../bindings/index.ts';
import type { AccountPage } from './service/choose-account.ts';
import type { InteractionFacts, Person } from './types.ts';

/** The path under which one interaction's pages and forms live. */
export function addressOf(facts: InteractionFacts): string {
  return `/interaction/${encodeURIComponent(facts.uid)}`;
}

export function subsystemLabel(facts: InteractionFacts, locale: Locale): SubsystemLabel | undefined {
  const { subsystem } = facts;
  return subsystem && { code: subsystem.code, name: subsystem.name[locale], colour: subsystem.colour };
}

/** `nonce` keeps the browser from showing an old captcha under the same address; it means nothing else. */
export function signInView(
  facts: InteractionFacts,
  locale: Locale,
  page: { nonce: string; demo: boolean; providers: readonly UpstreamProvider[]; over?: true | undefined },
): Views['idp/sign-in'] {
  const address = addressOf(facts);
  const asks = subsystemLabel(facts, locale);
  const errors =
    facts.progress.retry?.errors ?? (page.over ? [{ field: '', key: 'upstream.failed-ended' }] : []);
  return {
    action: `${address}/password`,
    uid: facts.uid,
    ...(asks && { for: asks }),
    account: facts.progress.retry?.account ?? readableHint(facts.loginHint),
    errors,
    institutionFailed: errors.some(({ key }) => key.startsWith('upstream.')),
    captchaImageUrl: `${address}/captcha.png?v=${page.nonce}`,
    captchaAudioUrl: `${address}/captcha.wav?v=${page.nonce}`,
    newCaptchaUrl: `${address}/captcha`,
    passkey: passkeyOf(facts),
    ...institutionsOf(facts, page.providers, locale),
    forgottenUrl: '/forgot-password',
    cancelUrl: `${address}/cancel`,
    demo: page.demo,
  };
}

/** The providers everybody is offered, and the way to find another where there is one. */
function institutionsOf(facts: InteractionFacts, providers: readonly UpstreamProvider[], locale: Locale) {
  const offered = providers.filter(({ active }) => active);
  if (offered.length === 0) return {};
  const hasHidden = offered.some(({ manifest }) => manifest.shown === 'when_named');
  return {
    institutions: buttonsOf(
      facts,
      offered.filter(({ manifest }) => manifest.shown === 'button'),
      locale,
    ),
    ...(hasHidden && { institutionUrl: `${addressOf(facts)}/institution` }),
  };
}

/** A way to each provider's own sign-in. */
export function buttonsOf(facts: InteractionFacts, providers: readonly UpstreamProvider[], locale: Locale) {
  return providers.map(({ code, manifest }) => ({
    label: manifest.button[locale],
    url: `${addressOf(facts)}/upstream?provider=${encodeURIComponent(code)}`,
  }));
}

/** A login_hint may also be an opaque handle, which nobody should find in the field. */
function readableHint(hint = ''): string {
  return /^[^\s\p{C}]{1,50}$/u.test(hint) ? hint : '';
}

function passkeyOf(facts: InteractionFacts): { action: string; challengeUrl: string } {
  return { action: `${addressOf(facts)}/passkey`, challengeUrl: `${addressOf(facts)}/passkey-challenge` };
}

export function secondFactorView(
  facts: InteractionFacts,
  person: Person,
  locale: Locale,
  { demo, takesCards }: { demo: boolean; takesCards: boolean },
): Views['idp/second-factor'] {
  const asks = subsystemLabel(facts, locale);
  return {
    action: `${addressOf(facts)}/second-factor`,
    withoutApp: !person.hasTotp,
    ...(person.hasCard && takesCards && { cardUrl: `${addressOf(facts)}/card` }),
    ...(person.hasPasskey && { passkey: passkeyOf(facts) }),
    errors: facts.progress.retry?.errors ?? [],
    ...(asks && { for: asks }),
    ...(demo && { demoCodesUrl: '/demo/codes' }),
    cancelUrl: `${addressOf(facts)}/cancel`,
  };
}

export function chooseAccountView(
  facts: InteractionFacts,
  asks: SubsystemLabel,
  choices: AccountPage,
  locale: Locale,
  acr: string | undefined,
): Views['idp/choose-account'] {
  const { accounts, ...paging } = choices;
  return {
    action: `${addressOf(facts)}/account`,
    for: asks,
    accounts: accounts.map((account) => accountOption(account, locale, acr)),
    ...paging,
    cancelUrl: `${addressOf(facts)}/cancel`,
  };
}

function accountOption(account: BoundAccount, locale: Locale, acr: string | undefined): AccountOption {
  const { id, binding, unitCode, unitName, unitNameEn, requiredAcr, lastUsedAt, favourite } = account;
  return {
    id,
    binding,
    unitCode,
    unitName: locale === 'en' ? unitNameEn : unitName,
    roleLabel: account.roleLabel[locale],
    dutyLabel: account.dutyLabel[locale],
    ...(lastUsedAt && { lastUsedAt }),
    needsSecondFactor: requiredAcr !== undefined && !satisfiesAcr(acr, requiredAcr),
    favourite,
  };
}

export function consentView(facts: InteractionFacts, locale: Locale): Views['idp/consent'] {
  const { policy, terms } = facts.clientPages ?? {};
  return {
    action: `${addressOf(facts)}/consent`,
    clientName: facts.clientName?.[locale] ?? facts.clientId,
    scopes: (facts.scopes ?? []).map((name) => ({ name, key: `consent.scope-${name}` })),
    details: (facts.authorizationDetails ?? []).map(({ label, facts: told }) => ({
      label: label[locale],
      facts: told.map((fact) => ({ label: fact.label[locale], value: fact.value })),
    })),
    ...(policy !== undefined && { policyUrl: policy }),
    ...(terms !== undefined && { termsUrl: terms }),
    cancelUrl: `${addressOf(facts)}/cancel`,
  };
}
