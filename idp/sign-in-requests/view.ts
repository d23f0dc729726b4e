import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { BoundAccount } from '../bindings/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { type StepUp, stepUpFor } from './policy.ts';
import type { SignInRequest } from './types.ts';
import { REQUESTS, requestUrl } from './words.ts';

export function listView(locale: Locale, requests: SignInRequest[]): Views['idp/sign-in-requests'] {
  return {
    requests: requests.map(({ clientName, bindingMessage, askedAt, endsAt, handle }) => ({
      name: clientName[locale],
      bindingMessage: bindingMessage ?? '',
      askedAt,
      endsAt,
      url: requestUrl(handle),
    })),
  };
}

/** @param typed what was chosen before, and what was wrong with it */
export function requestView(
  registry: Pick<ClientRegistry, 'find'>,
  locale: Locale,
  { request, accounts, session, now }: Asked,
  typed: { account: string; errors: FieldError[] },
): Views['idp/sign-in-request'] {
  const { clientName, bindingMessage, scopes, askedAt, endsAt, handle } = request;
  const subsystem = registry.find(request.clientId)?.subsystem;
  const only = accounts?.length === 1 ? accounts[0] : undefined;
  const chosen = only ?? accounts?.find(({ id }) => id === typed.account);
  const stepUp = stepUpFor(request, session, chosen?.requiredAcr, now, 'read');
  return {
    action: requestUrl(handle),
    ...(subsystem && {
      for: { code: subsystem.code, name: subsystem.name[locale], colour: subsystem.colour },
    }),
    clientName: clientName[locale],
    bindingMessage: bindingMessage ?? '',
    scopes: scopes.map((name) => ({ name, key: `consent.scope-${name}` })),
    askedAt,
    endsAt,
    account: only ? describe(locale, only) : '',
    accounts: only
      ? []
      : (accounts ?? []).map((one) => ({
          value: one.id,
          label: describe(locale, one),
          selected: one.id === typed.account,
        })),
    hasAccount: accounts === undefined || accounts.length > 0,
    stepUp: stepUp
      ? {
          key: `sign-in-requests.step-up-${stepUp.replaceAll('_', '-')}`,
          url: stepUpUrl(stepUp, request, now, typed.account),
        }
      : undefined,
    errors: typed.errors,
    listUrl: REQUESTS,
  };
}

export interface Asked {
  request: SignInRequest;
  accounts: BoundAccount[] | undefined;
  session: BrowserSession;
  now: Date;
}

/** Where a sign-in is made strong enough, and back. */
export function stepUpUrl(
  stepUp: StepUp,
  { handle, askedAt, maxAge }: SignInRequest,
  now: Date,
  account: string,
): string {
  const query = new URLSearchParams({ fresh: 'yes' });
  if (maxAge !== undefined) {
    const since = Math.floor((now.getTime() - askedAt.getTime()) / 1000);
    query.set('within', String(since + maxAge));
  }
  if (stepUp === 'second_factor') query.set('factor', 'yes');
  if (stepUp === 'phishing_resistant') query.set('factor', 'passkey');
  const chosen = account === '' ? '' : `?account=${encodeURIComponent(account)}`;
  query.set('return_to', requestUrl(handle) + chosen);
  return `/sign-in?${query.toString()}`;
}

function describe(locale: Locale, account: BoundAccount): string {
  const unit = locale === 'en' ? account.unitNameEn || account.unitName : account.unitName;
  const parts = { binding: account.binding, unit, role: account.roleLabel[locale] };
  return translate(locale, 'sign-in-requests.account-line', parts);
}
