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
] as const;

export type Parameters = Partial<Record<(typeof EXCHANGE_PARAMETERS)[number], string>>;
export type ExchangeContext = TokenEndpointGrantContext<Parameters>;

export interface ExchangeParameters {
  subjectToken: string;
  account: string;
}

/** What is asked for. @throws errors.InvalidRequest, errors.InvalidTarget as RFC 8693 §2.2.2 names them */
export function readParameters(params: Parameters): ExchangeParameters {
  const { subject_token: subjectToken, subject_token_type: type, account } = params;
  if (!subjectToken) throw new errors.InvalidRequest('missing required parameter subject_token');
  if (type !== ACCESS_TOKEN) throw new errors.InvalidRequest('subject_token_type is not supported');
  if ((params.requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN) {
    throw new errors.InvalidRequest('requested_token_type is not supported');
  }
  if (params.actor_token !== undefined || params.actor_token_type !== undefined) {
    throw new errors.InvalidRequest('actor_token is not supported');
  }
  if (params.audience !== undefined) throw new errors.InvalidTarget('audience is not supported');
  if (!account) throw new errors.InvalidRequest('missing required parameter account');
  return { subjectToken, account };
}
