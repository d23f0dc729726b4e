import { type EntityIdRules, configurationUrl, isEntityId } from './entity-id.ts';
import { FederationError, broken } from './errors.ts';
import { MOST_STATEMENT_BYTES, STATEMENT_TYPE, readStatement, verifyBy } from './statement.ts';
import { MOST_STATEMENTS, validateTrustChain } from './trust-chain.ts';
import type { EntityStatement, TrustAnchor, TrustChain } from './types.ts';

/**
 * Asks for a signed statement: GET, no redirects, public addresses alone.
 * @returns its body when answered 200 with `application/entity-statement+jwt`
 * @throws Error otherwise, or when it is longer than `maxBytes`
 */
export type FetchStatement = (
  url: URL,
  options: { maxBytes: number; signal: AbortSignal },
) => Promise<string>;

export interface ResolveOptions extends EntityIdRules {
  anchors: TrustAnchor[];
  fetchStatement: FetchStatement;
  nowSeconds: number;
  /** For all of it, milliseconds. */
  timeoutMs?: number | undefined;
  /** Requests to others, in all. */
  mostFetches?: number | undefined;
}

interface Walk {
  options: ResolveOptions;
  signal: AbortSignal;
  left: number;
  /** Of one walk: an authority that many paths lead to is asked once. */
  configurations: Map<string, Promise<EntityStatement>>;
  failures: string[];
}

const TIMEOUT_MS = 5000;
const MOST_FETCHES = 30;

/**
 * Finds a chain from an entity to one of the anchors (OpenID Federation 1.0 §10.1), asking its superiors one by one from
 * the bottom, and validates it. Requests, time, length and size are bounded, whatever is published; an authority is
 * asked once, and a path that comes back to itself ends.
 * @returns the first chain that holds, shorter ones first
 * @throws FederationError why there is none
 */
export async function resolveTrustChain(entityId: string, options: ResolveOptions): Promise<TrustChain> {
  if (!isEntityId(entityId, options)) throw new FederationError('invalid_subject', 'no entity identifier');
  const walk: Walk = {
    ...{ options, signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS) },
    ...{ left: options.mostFetches ?? MOST_FETCHES, configurations: new Map(), failures: [] },
  };
  const own = await findConfiguration(walk, entityId);
  let paths: EntityStatement[][] = [[own]];
  while (paths.length > 0) {
    const next: EntityStatement[][] = [];
    for (const path of paths) {
      const chain = await climb(walk, path, next);
      if (chain !== undefined) return chain;
    }
    paths = next;
  }
  const why = walk.failures[0] ?? `${entityId} names no superior`;
  throw broken(`no chain leads to a trust anchor: ${why}`);
}

/** One step up from the end of `path`: a chain that holds, or the longer paths put into `next`. */
async function climb(
  walk: Walk,
  path: EntityStatement[],
  next: EntityStatement[][],
): Promise<TrustChain | undefined> {
  const { anchors, nowSeconds } = walk.options;
  const seen = new Set(path.map(({ claims }) => claims.sub));
  const top = path.at(-1)?.claims;
  // The superiors are named in the configuration of whoever spoke last.
  const speaker =
    path.length === 1 ? path[0] : await attempt(walk, () => findConfiguration(walk, top?.iss ?? ''));
  for (const superior of speaker?.claims.authority_hints ?? []) {
    if (seen.has(superior) || path.length + 2 > MOST_STATEMENTS) continue;
    const chain = await attempt(walk, async () => {
      const above = await findConfiguration(walk, superior);
      const statement = await fetchSubordinate(walk, above, speaker?.claims.sub ?? '');
      const longer = [...path, statement];
      if (!anchors.some(({ entityId }) => entityId === superior)) {
        next.push(longer);
        return undefined;
      }
      const jwts = [...longer, above].map(({ jwt }) => jwt);
      return await validateTrustChain(jwts, anchors, nowSeconds, walk.options);
    });
    if (chain !== undefined) return chain;
  }
  return undefined;
}

async function attempt<T>(walk: Walk, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (walk.signal.aborted || walk.left <= 0) {
      throw broken(walk.signal.aborted ? 'its superiors took too long' : 'it names too many superiors');
    }
    walk.failures.push((error as Error).message);
    return undefined;
  }
}

function findConfiguration(walk: Walk, entityId: string): Promise<EntityStatement> {
  const known = walk.configurations.get(entityId);
  if (known !== undefined) return known;
  const asked = fetchConfiguration(walk, entityId);
  walk.configurations.set(entityId, asked);
  return asked;
}

/** §9: an entity's own statement, signed by itself. */
async function fetchConfiguration(walk: Walk, entityId: string): Promise<EntityStatement> {
  const statement = await fetchOne(walk, configurationUrl(entityId));
  const { iss, sub, jwks } = statement.claims;
  if (iss !== entityId || sub !== entityId) throw broken(`${entityId} publishes a statement of ${iss}`);
  await verifyBy(jwks, statement.jwt, entityId);
  return statement;
}

/** §8.1: what a superior says of one below it. */
async function fetchSubordinate(
  walk: Walk,
  { claims }: EntityStatement,
  sub: string,
): Promise<EntityStatement> {
  const endpoint = claims.metadata?.federation_entity?.federation_fetch_endpoint;
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw broken(`${claims.iss} has no fetch endpoint`);
  const url = new URL(endpoint);
  if (!isEntityId(url.origin, walk.options))
    throw broken(`${claims.iss}: its fetch endpoint is no https URL`);
  url.searchParams.set('sub', sub);
  const statement = await fetchOne(walk, url);
  if (statement.claims.iss !== claims.iss || statement.claims.sub !== sub)
    throw broken(`${claims.iss} answers about ${statement.claims.sub} instead of ${sub}`);
  await verifyBy(claims.jwks, statement.jwt, `${claims.iss} about ${sub}`);
  return statement;
}

async function fetchOne(walk: Walk, url: URL): Promise<EntityStatement> {
  walk.left -= 1;
  if (walk.left < 0) throw broken('it names too many superiors');
  const limits = { maxBytes: MOST_STATEMENT_BYTES, signal: walk.signal };
  const jwt = await walk.options.fetchStatement(url, limits).catch((error: unknown) => {
    throw broken(`${url.origin}${url.pathname}: ${(error as Error).message}`);
  });
  return readStatement(jwt.trim(), walk.options.nowSeconds, walk.options);
}

/** The content type that statements are answered with (§8.1.2, §9.2). */
export const STATEMENT_CONTENT_TYPE = `application/${STATEMENT_TYPE}`;
