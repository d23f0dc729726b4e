import type { Clock } from '#kit/clock.ts';
import { MOST_STATEMENTS, type TrustAnchors, type TrustChain, validateChain } from './chain.ts';
import { checkConstraints } from './constraints.ts';
import { configurationUrl, isEntityId } from './entity-id.ts';
import { TrustFault } from './fault.ts';
import { type Ask, type Budget, LIMITS, type Limits, createFetcher } from './fetching.ts';
import {
  type Jwks,
  type Statement,
  type StatementClaims,
  readStatement,
  verifySignature,
} from './statement.ts';
import { type MarkFacts, type TrustMark, checkStatus, validateTrustMark } from './trust-marks.ts';

export interface ResolverDeps {
  ask: Ask;
  clock: Clock;
  anchors: TrustAnchors;
  limits?: Limits;
}

/** Finds chains of trust and the marks that hold at their end. */
export interface Resolver {
  /** The shortest chain that holds (§10.3). @throws TrustFault the first refusal, when none does */
  resolve(entityId: string): Promise<TrustChain>;
  /** The same from what an entity hands over of itself, whatever it publishes (§12.2.2). @throws TrustFault */
  resolveGiven(configuration: string): Promise<TrustChain>;
  /** The marks of a chain's subject that hold; what does not is left out. */
  marksOf(chain: TrustChain): Promise<TrustMark[]>;
  /** What a superior says of an entity (§8.1), signed with keys of the superior's. @throws TrustFault */
  statementAbout(entityId: string, superior: string): Promise<StatementClaims>;
}

/**
 * Builds trust chains from the bottom up (OpenID Federation 1.0 §10.1, §17.2.2) within limits: hints, depth, fetches,
 * bytes and time of one resolution, and how many are asked at once for all of them.
 */
export function createResolver({ ask, clock, anchors, limits = LIMITS }: ResolverDeps): Resolver {
  const fetcher = createFetcher({ ask, clock, limits });

  const configurationOf = async (entityId: string, budget: Budget): Promise<Statement> => {
    if (!isEntityId(entityId)) throw new TrustFault('malformed', entityId);
    const statement = await fetcher.fetch(configurationUrl(entityId), budget);
    const { iss, sub, jwks } = statement.claims;
    if (iss !== entityId || sub !== entityId) throw new TrustFault('not_self_issued', entityId);
    await verifySignature(statement.token, anchors.get(entityId) ?? jwks);
    return statement;
  };

  const statementBy = async (superior: Statement, sub: string, budget: Budget): Promise<Statement> => {
    const endpoint = superior.claims.metadata?.['federation_entity']?.['federation_fetch_endpoint'];
    if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
      throw new TrustFault('no_chain', superior.claims.sub);
    const url = new URL(endpoint);
    url.searchParams.set('sub', sub);
    const statement = await fetcher.fetch(url, budget);
    const { claims } = statement;
    if (claims.iss !== superior.claims.sub || claims.sub !== sub) throw new TrustFault('broken_link', sub);
    return statement;
  };

  /**
   * Every way up from here to an anchor, as tokens; what stopped the others is noted. `below` is the chain so far: what a
   * superior's constraints do not let is left before anybody above it is asked.
   */
  const climb = async (
    from: Statement,
    below: StatementClaims[],
    budget: Budget,
    faults: unknown[],
  ): Promise<string[][]> => {
    if (below.length >= MOST_STATEMENTS - 1) throw new TrustFault('too_deep', from.claims.sub);
    const ways = (from.claims.authority_hints ?? []).map(async (hint): Promise<string[][]> => {
      if (below.some(({ iss }) => iss === hint)) throw new TrustFault('loop', hint);
      const superior = await configurationOf(hint, budget);
      const statement = await statementBy(superior, from.claims.sub, budget);
      const chain = [...below, statement.claims];
      checkConstraints(chain);
      if (anchors.has(hint)) return [[statement.token, superior.token]];
      const above = await climb(superior, chain, budget, faults);
      return above.map((rest) => [statement.token, ...rest]);
    });
    const settled = await Promise.allSettled(ways);
    return settled.flatMap((way) => {
      if (way.status === 'fulfilled') return way.value;
      faults.push(way.reason);
      return [];
    });
  };

  const resolveFrom = async (subject: Statement, budget: Budget): Promise<TrustChain> => {
    const faults: unknown[] = [];
    const ways = await climb(subject, [subject.claims], budget, faults);
    for (const way of ways.toSorted((a, b) => a.length - b.length)) {
      try {
        return await validateChain([subject.token, ...way], anchors, clock());
      } catch (error) {
        faults.push(error);
      }
    }
    throw faults[0] ?? new TrustFault('no_chain', subject.claims.sub);
  };

  const resolveWithin = async (entityId: string, budget: Budget): Promise<TrustChain> =>
    resolveFrom(await configurationOf(entityId, budget), budget);

  const resolveGiven = async (configuration: string): Promise<TrustChain> => {
    const subject = readStatement(configuration, clock());
    const { iss, sub, jwks } = subject.claims;
    if (iss !== sub) throw new TrustFault('not_self_issued', sub);
    await verifySignature(configuration, anchors.get(sub) ?? jwks);
    return resolveFrom(subject, fetcher.newBudget());
  };

  /** Who issues marks below an anchor, believed by a chain of its own to the same one. */
  const issuerOf = async (
    issuer: string,
    anchor: StatementClaims,
    budget: Budget,
  ): Promise<StatementClaims> => {
    if (issuer === anchor.sub) return { ...anchor, jwks: anchors.get(issuer) ?? { keys: [] } };
    const chain = await resolveWithin(issuer, budget);
    if (chain.anchor !== anchor.sub) throw new TrustFault('mark_issuer', issuer);
    return chain.configuration;
  };

  /** §7.3, and §8.3 where its issuer tells: a mark that was taken back is none, nor one nobody tells about now. */
  const checkMark = async (
    token: string,
    type: string,
    facts: Omit<MarkFacts, 'keysOf'>,
    budget: Budget,
  ): Promise<TrustMark> => {
    const issuers = new Map<string, StatementClaims>();
    const keysOf = async (issuer: string): Promise<Jwks> => {
      const found = await issuerOf(issuer, facts.anchor, budget);
      issuers.set(issuer, found);
      return found.jwks;
    };
    const mark = await validateTrustMark(token, type, { ...facts, keysOf });
    const issuer = issuers.get(mark.issuer);
    const endpoint = issuer?.metadata?.['federation_entity']?.['federation_trust_mark_status_endpoint'];
    if (!issuer || endpoint === undefined) return mark;
    if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
      throw new TrustFault('mark_status', mark.issuer);
    const answer = await fetcher.askStatus(new URL(endpoint), token, budget);
    await checkStatus(answer, { mark: token, issuer: mark.issuer, keys: issuer.jwks, now: clock() });
    return mark;
  };

  const marksOf = async (chain: TrustChain): Promise<TrustMark[]> => {
    const { subject, configuration, anchor } = chain;
    const budget = fetcher.newBudget(); // one for all: an anchor may let anybody issue a type
    const said = chain.anchorConfiguration ?? (await configurationOf(anchor, budget)).claims;
    const facts = { subject, anchor: said, now: clock() };
    const marks = (configuration.trust_marks ?? []).map((mark) =>
      checkMark(mark.trust_mark, mark.trust_mark_type, facts, budget),
    );
    const settled = await Promise.allSettled(marks);
    return settled.flatMap((mark) => (mark.status === 'fulfilled' ? [mark.value] : []));
  };

  const statementAbout = async (entityId: string, superior: string): Promise<StatementClaims> => {
    const budget = fetcher.newBudget();
    const above = await configurationOf(superior, budget);
    const { token, claims } = await statementBy(above, entityId, budget);
    await verifySignature(token, anchors.get(superior) ?? above.claims.jwks);
    return claims;
  };

  return {
    resolve: async (entityId) => resolveWithin(entityId, fetcher.newBudget()),
    ...{ resolveGiven, marksOf, statementAbout },
  };
}
