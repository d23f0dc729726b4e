import { MINUTE, after } from '#kit/clock.ts';
import type { Db } from '#db/idp/tables.ts';
import { digest } from '#kit/random.ts';
import {
  type Resolver,
  type StatementClaims,
  type TrustChain,
  TrustFault,
  headerChains,
  readStatement,
  validateChain,
} from '../../trust-chain/index.ts';
import { RegistrationRefused, TooManyNames, asRefusal } from '../refusal.ts';
import type { FederationSettings } from '../settings.ts';
import { CHAIN_ENDS_AT } from '../../../subsystems/index.ts';
import type { Kept } from '../store/clients.ts';
import { type JudgeDeps, anchorsOf, judge, refuseStranger } from './judge.ts';
import { keepClient } from './keep.ts';
import type { Strangers } from './strangers.ts';
import { createTurns } from './turns.ts';

/** Not that of a statement, so that neither is ever taken for the other (OpenID Federation 1.0 §12.2.3). */
export const RESPONSE_TYPE = 'explicit-registration-response+jwt';
/** It is made for us, and for now. */
const OLDEST_MS = 10 * MINUTE;
/** Of the metadata kept here what is ours and nobody's to know. */
const OURS = new Set(['first_party', CHAIN_ENDS_AT]);

/** Signs with the federation key. */
export type Sign = (typ: string, claims: Record<string, unknown>) => Promise<string>;

/** OpenID Federation 1.0 §12.2: a client that registers by itself. */
export interface ExplicitRegistrar {
  /**
   * @param tokens what it says of itself, and the statements above it where it brings them
   * @param address who brings it
   * @returns the signed answer
   * @throws RegistrationRefused
   */
  registerExplicitly(tokens: readonly string[], address: string): Promise<string>;
}

interface Desk {
  inForce: () => FederationSettings;
  resolverOf: (settings: FederationSettings) => Resolver;
  sign: Sign;
  strangers: Strangers;
}

type Registered = Pick<Kept, 'metadata' | 'registeredAt' | 'expiresAt'> & { chain: TrustChain };

export function createExplicitRegistrar(
  deps: JudgeDeps & { db: Db; config: { issuer: string } },
  { inForce, resolverOf, sign, strangers }: Desk,
): ExplicitRegistrar {
  const { clock, config } = deps;
  const inTurn = createTurns<Registered>(clock);

  const register = async (
    tokens: readonly string[],
    own: string,
    settings: FederationSettings,
  ): Promise<Registered> => {
    // what it brings is looked at first and asks nobody; what it is registered by is what we find ourselves, up to the
    // anchor that it chose
    const brought =
      tokens.length > 1 ? await validateChain(tokens, anchorsOf(settings), clock()) : headerChains(own).own;
    const resolver = resolverOf(settings);
    const chain = await resolver.resolveGiven(own, brought && [brought.anchor]);
    const registration = await judge(deps, resolver, chain, settings, 'explicit');
    const statement = digest(own).toString('base64url');
    return { ...(await keepClient(deps, { ...registration, statement }, 'explicit')), chain };
  };

  return {
    async registerExplicitly(tokens, address) {
      const settings = inForce();
      const [own = ''] = tokens;
      const entityId = readOwn(own, config.issuer, clock());
      checkPeer(tokens, config.issuer);
      const key = digest(tokens.join('\n')).toString('base64url');
      if (!strangers.admits(address, key, clock().getTime())) throw new TooManyNames();
      const registered = await inTurn(key, settings, async () => {
        await refuseStranger(deps.db, entityId, settings);
        return register(tokens, own, settings).catch(inWordsOfRegistration);
      });
      return sign(RESPONSE_TYPE, answerOf(registered, config.issuer, clock()));
    },
  };
}

/**
 * §12.2.1, as far as that goes without asking anybody.
 * @returns whose it is
 * @throws RegistrationRefused invalid_request
 */
function readOwn(token: string, issuer: string, now: Date): string {
  const refuse = (why: string): never => {
    throw new RegistrationRefused('invalid_request', `the entity configuration is not taken: ${why}`);
  };
  const { iss, sub, aud, iat, ...claims } = claimsOf(token, now, refuse);
  if (iss !== sub || iss === issuer) refuse('it is not the client’s own');
  if (aud !== issuer) refuse('aud must be this provider, and nothing else');
  if (iat * 1000 < after(now, -OLDEST_MS).getTime()) refuse('it is too old');
  if (claims.authority_hints === undefined) refuse('authority_hints is missing');
  if (claims.metadata?.['openid_relying_party'] === undefined) refuse('openid_relying_party is missing');
  return sub;
}

/** §12.2.2: a chain of ours that it brings begins with us, and ends where its own does. */
function checkPeer([own = '', ...above]: readonly string[], issuer: string): void {
  const { own: chain, peer } = headerChains(own);
  if (!peer) return;
  const anchor = chain?.anchor ?? peer.anchor;
  if (above.length > 0 || peer.subject !== issuer || peer.anchor !== anchor)
    throw new RegistrationRefused(
      'invalid_request',
      'peer_trust_chain is not a chain of this provider to that anchor',
    );
}

function claimsOf(token: string, now: Date, refuse: (why: string) => never): StatementClaims {
  try {
    return readStatement(token, now).claims;
  } catch (error) {
    if (error instanceof TrustFault) return refuse(error.reason);
    throw error;
  }
}

/** §12.2.2: what the provider itself does not take of the metadata is an error of the registration. */
function inWordsOfRegistration(error: unknown): never {
  const refusal = asRefusal(error);
  if (refusal.code !== 'invalid_metadata' || refusal.rule !== undefined) throw refusal;
  throw new RegistrationRefused('invalid_client_metadata', refusal.message);
}

/** §12.2.3: of every type the request had; as what it is registered, until when, and by which way up. */
function answerOf(
  { chain, metadata, registeredAt, expiresAt }: Registered,
  issuer: string,
  now: Date,
): Record<string, unknown> {
  const { subject, path, anchor } = chain;
  const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
  const registered = Object.entries(metadata).filter(([name]) => !OURS.has(name));
  return {
    ...{ iss: issuer, sub: subject, aud: subject, iat: seconds(now), exp: seconds(expiresAt) },
    ...{ trust_anchor: anchor, authority_hints: path.slice(1, 2) },
    metadata: {
      ...chain.metadata,
      openid_relying_party: {
        ...Object.fromEntries(registered),
        client_id: subject,
        client_id_issued_at: seconds(registeredAt),
        client_registration_types: chain.metadata['openid_relying_party']?.['client_registration_types'],
      },
    },
  };
}
