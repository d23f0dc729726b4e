import { type TokenEndpointGrantContext, errors } from 'oidc-provider';

export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

export const EXCHANGE_PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'account',
  'scope',
  'resource',
  'audience',
  'actor_token',
  'actor_token_type',
  'authorization_details',
] as const;

export type Parameters = Partial<Record<(typeof EXCHANGE_PARAMETERS)[number], string>>;
export type ExchangeContext = TokenEndpointGrantContext<Parameters>;

/** With an account: the person goes on as another of their accounts. Without: a client acts for the person. */
export type ExchangeParameters =
  | { kind: 'switch'; subjectToken: string; account: string }
  | { kind: 'delegation'; subjectToken: string; target: string; actorToken: string | undefined };

export type SwitchParameters = Extract<ExchangeParameters, { kind: 'switch' }>;
export type DelegationParameters = Extract<ExchangeParameters, { kind: 'delegation' }>;

/**
 * What is asked for. Details (RFC 9396) were agreed to for the account and client of the request that named them: an
 * exchange carries none over, and is refused rather than answered with less than it asks for.
 * @throws errors.InvalidRequest, errors.InvalidTarget as RFC 8693 §2.2.2 names them
 * @throws errors.InvalidAuthorizationDetails
 */
export function readParameters(params: Parameters): ExchangeParameters {
  if (params.authorization_details !== undefined) {
    throw new errors.InvalidAuthorizationDetails('an exchange gives none; ask with an authorization request');
  }
  const { subject_token: subjectToken, subject_token_type: type, account } = params;
  if (!subjectToken) throw new errors.InvalidRequest('missing required parameter subject_token');
  if (type !== ACCESS_TOKEN) throw new errors.InvalidRequest('subject_token_type is not supported');
  if ((params.requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN) {
    throw new errors.InvalidRequest('requested_token_type is not supported');
  }
  const actorToken = readActor(params);
  if (account) {
    if (actorToken !== undefined) throw new errors.InvalidRequest('actor_token is not supported');
    if (params.audience !== undefined) throw new errors.InvalidTarget('audience is not supported');
    return { kind: 'switch', subjectToken, account };
  }
  const { resource, audience } = params;
  if (!resource && !audience)
    throw new errors.InvalidRequest('missing required parameter account or resource');
  if (resource && audience && resource !== audience) throw new errors.InvalidTarget('one target at a time');
  return { kind: 'delegation', subjectToken, target: resource ?? audience ?? '', actorToken };
}

/** RFC 8693 §2.1: a type goes with the token, and neither without the other. */
function readActor({ actor_token: token, actor_token_type: type }: Parameters): string | undefined {
  if (token === undefined && type === undefined) return undefined;
  if (!token || type !== ACCESS_TOKEN) throw new errors.InvalidRequest('actor_token is not supported');
  return token;
}
