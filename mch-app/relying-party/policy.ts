import type { Failure } from './failures.ts';

const MAX_PATH = 2000;
/** Steps of the protocol are no places to come back to. */
const STEPS = [
  '/sign-in',
  '/callback',
  '/account-switch',
  '/sign-out',
  '/signed-out',
  '/keep-alive',
  '/acting',
];

/** `target` as a path of our own origin, or undefined: a redirect never leaves it, nor enters a protocol step. */
export function localPlace(target: string, origin: string): string | undefined {
  if (target.length > MAX_PATH || !URL.canParse(target, origin)) return undefined;
  const url = new URL(target, origin);
  if (url.origin !== origin || url.username !== '' || url.password !== '') return undefined;
  if (STEPS.includes(url.pathname)) return '/';
  return url.pathname.startsWith('//') ? undefined : url.pathname + url.search;
}

/** What to do when an exchange brought no tokens. */
export type AfterExchange =
  | { next: 'step_up'; acrValues?: string; maxAge?: number }
  /** Ask the browser's session instead: the answer was lost, or our token is dead while the session may live. */
  | { next: 'recover' }
  | { next: 'refuse'; reason: string };

export function afterFailedExchange(failure: Failure): AfterExchange {
  if (failure.kind !== 'refused') return { next: 'recover' };
  switch (failure.error) {
    case 'insufficient_user_authentication':
      return { next: 'step_up', ...stepUpDemand(failure.body) };
    case 'invalid_request':
    case 'invalid_grant':
    case 'invalid_token':
    case 'invalid_scope': // a session from before we asked for so much
      return { next: 'recover' };
    default:
      return { next: 'refuse', reason: failure.error };
  }
}

/** `acr_values` and `max_age` of the refusal, as RFC 9470 words them; anything malformed is left out. */
function stepUpDemand(body: Record<string, unknown>): { acrValues?: string; maxAge?: number } {
  const acr = body['acr_values'];
  const maxAge = Number(body['max_age']);
  return {
    ...(typeof acr === 'string' && acr !== '' ? { acrValues: acr } : {}),
    ...(body['max_age'] !== undefined && Number.isInteger(maxAge) && maxAge >= 0 ? { maxAge } : {}),
  };
}

/** A silent attempt came back with this: the person must take part (OpenID Connect Core §3.1.2.6). */
export function needsThePerson(error: string): boolean {
  return [
    'login_required',
    'interaction_required',
    'account_selection_required',
    'consent_required',
  ].includes(error);
}
