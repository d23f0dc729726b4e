import type { Clock } from '#kit/clock.ts';
import { type TrustAnchors, type TrustChain, validateChain } from './chain.ts';
import { checkConstraints } from './constraints.ts';
import { configurationUrl, endpointAt, isEntityId } from './entity-id.ts';
import { TrustFault } from './fault.ts';
import { type Ask, type Budget, LIMITS, type Limits, createFetcher } from './fetching.ts';
import { MOST_STATEMENTS } from './header-chains.ts';
import { type Jwks, verifySignature } from './jwt.ts';
import { type Statement, type StatementClaims, readStatement } from './statement.ts';
import { type MarkFacts, type TrustMark, checkStatus, validateTrustMark } from './trust-marks.ts';

export interface ResolverDeps {
  ask: Ask;
  clock: Clock;
  anchors: TrustAnchors;
  limits?: Limits;
}

/** Finds chains of trust and the marks that hold at their end. */
export interface Resolver {
  /**
   * The shortest chain that holds (§10.3), to one of these anchors where any are named.
   * @throws TrustFault the first refusal, when none does
   */
  resolve(entityId: string, wanted?: readonly string[]): Promise<TrustChain>;
  /** The same from what an entity hands over of itself, whatever it publishes (§12.2.2). @throws TrustFault */
  resolveGiven(configuration: string, wanted?: readonly string[]): Promise<TrustChain>;
  /** The marks of a chain's subject that hold; what does not is left out. */
  marksOf(chain: TrustChain): Promise<TrustMark[]>;
  /** What a superior says of an entity (§8.1), signed with keys of the superior's. @throws TrustFault */
  statementAbout(entityId: string, superior: string): Promise<StatementClaims>;
}

/** One search for ways up. */
interface Search {
  budget: Budget;
  among: TrustAnchors;
  /** What stopped the ways that lead nowhere. */
  faults: unknown[];
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
    const url = endpointAt(superior.claims.metadata?.['federation_entity']?.['federation_fetch_endpoint']);
    if (!url) throw new TrustFault('no_chain', superior.claims.sub);
    url.searchParams.set('sub', sub);
    const statement = await fetcher.fetch(url, budget);
    const { claims } = statement;
    if (claims.iss !== superior.claims.sub || claims.sub !== sub) throw new TrustFault('broken_link', sub);
    // §3.3: by a key that its issuer still names, whatever those above vouch for
    await verifySignature(statement.token, superior.claims.jwks);
    return statement;
  };

  /**
   * Every way up from here to an anchor, as tokens; what stopped the others is noted. `below` is the chain so far: what a
   * superior's constraints do not let is left before anybody above it is asked.
   */
  const climb = async (from: Statement, below: StatementClaims[], search: Search): Promise<string[][]> => {
    const { budget, among, faults } = search;
    if (below.length >= MOST_STATEMENTS - 1) throw new TrustFault('too_deep', from.claims.sub);
    const ways = (from.claims.authority_hints ?? []).map(async (hint): Promise<string[][]> => {
      if (below.some(({ iss }) => iss === hint)) throw new TrustFault('loop', hint);
      const superior = await configurationOf(hint, budget);
      const statement = await statementBy(superior, from.claims.sub, budget);
      const chain = [...below, statement.claims];
      checkConstraints(chain);
      if (among.has(hint)) return [[statement.token, superior.token]];
      const above = await climb(superior, chain, search);
      return above.map((rest) => [statement.token, ...rest]);
    });
    const settled = await Promise.allSettled(ways);
    return settled.flatMap((way) => {
      if (way.status === 'fulfilled') return way.value;
      faults.push(way.reason);
      return [];
    });
  };

  const resolveFrom = async (
    subject: Statement,
    budget: Budget,
    wanted?: readonly string[],
  ): Promise<TrustChain> => {
    const faults: unknown[] = [];
    const among = new Map([...anchors].filter(([anchor]) => wanted?.includes(anchor) ?? true));
    if (wanted && among.size === 0) throw new TrustFault('unknown_anchor', wanted[0]);
    const ways = await climb(subject, [subject.claims], { budget, among, faults });
    for (const way of ways.toSorted((a, b) => a.length - b.length)) {
      try {
        return await validateChain([subject.token, ...way], among, clock());
      } catch (error) {
        faults.push(error);
      }
    }
    throw faults[0] ?? new TrustFault('no_chain', subject.claims.sub);
  };

  const resolveWithin = async (
    entityId: string,
    budget: Budget,
    wanted?: readonly string[],
  ): Promise<TrustChain> => resolveFrom(await configurationOf(entityId, budget), budget, wanted);

  const resolveGiven: Resolver['resolveGiven'] = async (configuration, wanted) => {
    const subject = readStatement(configuration, clock());
    const { iss, sub, jwks } = subject.claims;
    if (iss !== sub) throw new TrustFault('not_self_issued', sub);
    await verifySignature(configuration, anchors.get(sub) ?? jwks);
    return resolveFrom(subject, fetcher.newBudget(), wanted);
  };

  /** Who issues marks below an anchor, believed by a chain of its own to the same one. */
  const issuerOf = async (
    issuer: string,
    anchor: StatementClaims,
    budget: Budget,
  ): Promise<StatementClaims> => {
    if (issuer === anchor.sub) {
      const held = anchors.get(issuer)?.keys ?? [];
      const named = new Set(anchor.jwks.keys.map(({ kid }) => kid));
      return { ...anchor, jwks: { keys: held.filter(({ kid }) => named.has(kid)) } };
    }
    return (await resolveWithin(issuer, budget, [anchor.sub])).configuration;
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
    const url = endpointAt(endpoint);
    if (!url) throw new TrustFault('mark_status', mark.issuer);
    const answer = await fetcher.askStatus(url, token, budget);
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
    const held = anchors.get(superior);
    if (held) await verifySignature(token, held);
    return claims;
  };

  return {
    resolve: async (entityId, wanted) => resolveWithin(entityId, fetcher.newBudget(), wanted),
    ...{ resolveGiven, marksOf, statementAbout },
  };
}
