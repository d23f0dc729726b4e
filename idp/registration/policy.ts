/** What a client asks for: metadata of RFC 7591 §2. */
export type ClientRequest = Record<string, unknown>;

/** `open`: in certification mode alone, where the suite's clients are what their plans make them. */
export type RegistrationMode = 'protected' | 'open';

export interface RegistrationFault {
  field: string;
  reason: string;
}

const GRANTS = ['authorization_code', 'refresh_token'];
const SCOPES = ['openid', 'profile', 'email', 'phone'];
/** Ours to say, never the client's. */
const OWN = ['first_party', 'client_name#en', 'profile'];
const ADDRESS_LISTS = ['redirect_uris', 'post_logout_redirect_uris'] as const;
/** Fetched or called by us, so they must not lead into our network. */
const CALLED = ['jwks_uri', 'backchannel_logout_uri', 'sector_identifier_uri'] as const;
const LINKS = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'] as const;
const MOST_ADDRESSES = 20;
const LONGEST_ADDRESS = 2000;
const LONGEST_NAME = 100;
const MOST_BYTES = 16 * 1024;
const LOOPBACK = ['127.0.0.1', '[::1]'];

/** What a client gets when it does not say: nothing more than signing in. */
export function settleRegistration(request: ClientRequest, mode: RegistrationMode): ClientRequest {
  const kept = Object.entries(request).filter(([name]) => !OWN.includes(name));
  return {
    grant_types: ['authorization_code'],
    response_types: ['code'],
    ...(mode === 'open' ? { id_token_signed_response_alg: 'RS256' } : { scope: 'openid' }),
    ...Object.fromEntries(kept),
  };
}

/** What of a request is more than a registered client may have; undefined when nothing is. */
export function registrationFault(
  request: ClientRequest,
  mode: RegistrationMode,
): RegistrationFault | undefined {
  const fault = (field: string, reason: string): RegistrationFault => ({ field, reason });
  if (JSON.stringify(request).length > MOST_BYTES) return fault('client metadata', 'is too long');
  const foreign = stringsOf(request['grant_types']).find((grant) => !isGrant(grant, mode));
  if (foreign !== undefined) return fault('grant_types', 'names a grant that registered clients do not have');
  if (stringsOf(request['response_types']).some((type) => type !== 'code')) {
    return fault('response_types', 'must be code');
  }
  const { scope = '', client_name: name = '' } = request;
  if (typeof scope !== 'string' || scope.split(' ').some((each) => !isScope(each, mode))) {
    return fault('scope', 'names a scope that registered clients do not have');
  }
  if (typeof name !== 'string' || name.length > LONGEST_NAME || /\p{C}/u.test(name)) {
    return fault('client_name', 'must be a short line of text');
  }
  for (const list of ADDRESS_LISTS) {
    const addresses = stringsOf(request[list]);
    if (addresses.length > MOST_ADDRESSES) return fault(list, 'names too many');
    if (!addresses.every((address) => isOwnAddress(address, request['application_type'] === 'native'))) {
      return fault(
        list,
        'must be https without fragment, user or wildcard; native: also http on a loopback IP',
      );
    }
  }
  const link = [...CALLED, ...LINKS].find((field) => !isHttps(request[field]));
  return link === undefined ? undefined : fault(link, 'must be https');
}

/** Addresses that we shall ask or call one day. */
export function networkAddresses(request: ClientRequest): { field: string; uri: string }[] {
  return CALLED.flatMap((field) => {
    const uri = request[field];
    return typeof uri === 'string' ? [{ field, uri }] : [];
  });
}

const isGrant = (grant: string, mode: RegistrationMode): boolean =>
  GRANTS.includes(grant) || (mode === 'open' && grant === 'client_credentials');

const isScope = (scope: string, mode: RegistrationMode): boolean =>
  scope === '' || mode === 'open' || SCOPES.includes(scope);

function isOwnAddress(address: string, isNative: boolean): boolean {
  if (!URL.canParse(address) || address.length > LONGEST_ADDRESS) return false;
  const { protocol, hostname, hash, username, password } = new URL(address);
  const isBare = hash === '' && username === '' && password === '' && !/[*#\\]/.test(address);
  const isLoopback = isNative && protocol === 'http:' && LOOPBACK.includes(hostname);
  return isBare && (protocol === 'https:' || isLoopback);
}

function isHttps(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'string' && value.length <= LONGEST_ADDRESS && URL.canParse(value)
    ? new URL(value).protocol === 'https:'
    : false;
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
