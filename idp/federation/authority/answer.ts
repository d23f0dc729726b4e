import {
  type Resolver,
  STATEMENT_TYPE,
  STATUS_TYPE,
  TrustFault,
  readTrustMark,
  verifySignature,
} from '../trust-chain/index.ts';
import {
  type Authority,
  ENDPOINTS,
  endpointUrl,
  ownConfiguration,
  publicKeys,
  sign,
  statementAbout,
  trustMarkFor,
} from './statements.ts';
import type { Jwks } from '../trust-chain/index.ts';

export interface Question {
  method: string;
  url: URL;
  /** Of a POST. */
  form: URLSearchParams;
}

export interface Answer {
  status: number;
  type: string;
  body: string;
}

type Endpoint = (
  authority: Authority,
  parameters: URLSearchParams,
  now: Date,
  resolver: Resolver,
) => Promise<Answer> | Answer;

const jwt = (type: string, body: string): Answer => ({ status: 200, type: `application/${type}`, body });
const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
/** OpenID Federation 1.0 §8.9. */
const refuse = (status: number, error: string, description: string): Answer =>
  json(status, { error, error_description: description });

const RESOLVE_TYPE = 'resolve-response+jwt';

const endpoints: Record<string, Endpoint> = {
  '/.well-known/openid-federation': async (authority, _parameters, now) =>
    jwt(STATEMENT_TYPE, await ownConfiguration(authority, now)),

  /** §8.1 */
  async [ENDPOINTS.federation_fetch_endpoint](authority, parameters, now) {
    const sub = parameters.get('sub');
    if (sub === null || sub === authority.file.entityId)
      return refuse(400, 'invalid_request', 'name a subordinate');
    const subject = authority.file.subordinates.find(({ entityId }) => entityId === sub);
    if (!subject) return refuse(404, 'not_found', 'not a subordinate');
    return jwt(STATEMENT_TYPE, await statementAbout(authority, subject, now));
  },

  /** §8.2.1 */
  [ENDPOINTS.federation_list_endpoint]({ file }, parameters) {
    const types = parameters.getAll('entity_type');
    const intermediate = parameters.get('intermediate');
    const markType = parameters.get('trust_mark_type');
    const marked = parameters.get('trust_marked') === 'true' || markType !== null;
    const holders = file.trustMarks
      .filter(({ type }) => markType === null || type === markType)
      .flatMap(({ subjects }) => subjects);
    const listed = file.subordinates.filter(
      (each) =>
        (types.length === 0 || each.entityTypes.some((type) => types.includes(type))) &&
        (intermediate === null || String(each.intermediate) === intermediate) &&
        (!marked || holders.includes(each.entityId)),
    );
    return json(
      200,
      listed.map(({ entityId }) => entityId),
    );
  },

  /** §8.3 */
  async [ENDPOINTS.federation_resolve_endpoint]({ file, keys }, parameters, now, resolver) {
    const [sub, wanted] = [parameters.get('sub'), parameters.getAll('trust_anchor')];
    if (sub === null || wanted.length === 0)
      return refuse(400, 'invalid_request', 'name sub and trust_anchor');
    const known = wanted.some(
      (anchor) => anchor === file.entityId || Object.hasOwn(file.trustAnchors, anchor),
    );
    if (!known) return refuse(404, 'invalid_trust_anchor', 'not an anchor of this resolver');
    try {
      const chain = await resolver.resolve(sub, wanted);
      const held = await resolver.marksOf(chain);
      const marks = (chain.configuration.trust_marks ?? []).filter(({ trust_mark: token }) =>
        held.some((mark) => mark.token === token),
      );
      const types = parameters.getAll('entity_type');
      const metadata = Object.entries(chain.metadata).filter(
        ([type]) => types.length === 0 || types.includes(type),
      );
      const ends = [chain.expiresAt, ...held.flatMap(({ expiresAt }) => expiresAt ?? [])];
      const claims = {
        ...{ iss: file.entityId, sub, iat: Math.floor(now.getTime() / 1000) },
        exp: Math.floor(Math.min(...ends.map(Number)) / 1000),
        metadata: Object.fromEntries(metadata),
        ...(marks.length > 0 && { trust_marks: marks }),
        trust_chain: chain.tokens,
      };
      return jwt(RESOLVE_TYPE, await sign(keys, RESOLVE_TYPE, now, claims));
    } catch (error) {
      if (!(error instanceof TrustFault)) throw error;
      if (error.isTransient) return refuse(503, 'temporarily_unavailable', error.reason);
      return refuse(
        400,
        error.reason === 'policy' ? 'invalid_metadata' : 'invalid_trust_chain',
        error.reason,
      );
    }
  },

  /** §8.4: what it was, and whether it still is. */
  async [ENDPOINTS.federation_trust_mark_status_endpoint](authority, parameters, now) {
    const token = parameters.get('trust_mark');
    if (token === null) return refuse(400, 'invalid_request', 'bring a trust_mark');
    const status = await statusOf(authority, token, now);
    if (status === undefined) return refuse(404, 'not_found', 'not issued here');
    const claims = {
      iss: authority.file.entityId,
      iat: Math.floor(now.getTime() / 1000),
      trust_mark: token,
      status,
    };
    return jwt(STATUS_TYPE, await sign(authority.keys, STATUS_TYPE, now, claims));
  },

  /** §8.5 */
  [ENDPOINTS.federation_trust_mark_list_endpoint]({ file }, parameters) {
    const [type, sub] = [parameters.get('trust_mark_type'), parameters.get('sub')];
    const mark = file.trustMarks.find((each) => each.type === type);
    if (!mark) return refuse(404, 'not_found', 'no such trust mark');
    return json(
      200,
      mark.subjects.filter((subject) => sub === null || subject === sub),
    );
  },

  /** §8.6 */
  async [ENDPOINTS.federation_trust_mark_endpoint](authority, parameters, now) {
    const [type, sub] = [parameters.get('trust_mark_type'), parameters.get('sub')];
    const mark = authority.file.trustMarks.find((each) => each.type === type);
    if (!mark || sub === null || !mark.subjects.includes(sub)) return refuse(404, 'not_found', 'not marked');
    return jwt('trust-mark+jwt', await trustMarkFor(authority, mark, sub, now));
  },
};

async function statusOf({ file, keys }: Authority, token: string, now: Date): Promise<string | undefined> {
  try {
    const mark = readTrustMark(token);
    if (mark.iss !== file.entityId) return undefined;
    await verifySignature(token, publicKeys(keys, now) as Jwks);
    if (mark.exp !== undefined && mark.exp * 1000 <= now.getTime()) return 'expired';
    const kind = file.trustMarks.find(({ type }) => type === mark.trust_mark_type);
    return kind?.subjects.includes(mark.sub) ? 'active' : 'revoked';
  } catch (error) {
    if (!(error instanceof TrustFault)) throw error;
    return 'invalid';
  }
}

/** Answers one question put to an authority; undefined where it has no such address. */
export async function answerAuthority(
  authority: Authority,
  { method, url, form }: Question,
  now: Date,
  resolver: Resolver,
): Promise<Answer | undefined> {
  const base = new URL(authority.file.entityId).pathname.replace(/\/$/, '');
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : '';
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  if (!endpoint) return undefined;
  const isStatus = endpointUrl('', ENDPOINTS.federation_trust_mark_status_endpoint) === path;
  if (method !== (isStatus ? 'POST' : 'GET')) return refuse(405, 'invalid_request', 'another method');
  return endpoint(authority, isStatus ? form : url.searchParams, now, resolver);
}
