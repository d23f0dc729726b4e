import { type Clock, MINUTE, after } from '#kit/clock.ts';
import { type PrivateNetworks, refuseForeignNetwork } from '#kit/http/outbound.ts';
import type { Db } from '#db/idp/tables.ts';
import {
  type Resolver,
  type TrustChain,
  TrustFault,
  askWorld,
  createResolver,
  isEntityId,
} from '../../trust-chain/index.ts';
import { clientMetadata, policyFor } from '../policy.ts';
import { RegistrationRefused, refusalOf } from '../refusal.ts';
import type { FederationSettings } from '../settings.ts';
import { findRegistration } from '../store/clients.ts';
import { keepClient } from './keep.ts';

export interface RegistrarDeps {
  db: Db;
  clock: Clock;
  config: { issuer: string; loopback: boolean; privateNetworks: PrivateNetworks };
}

/** Resolutions at once in this process; whoever comes then is told to come again. */
const MOST_AT_ONCE = 24;
const MOST_REFUSED = 2000;
const REFUSED_MS = MINUTE;

/** Registers clients whose chain of trust leads to an anchor of ours (OpenID Federation 1.0 §12.1). */
export interface Registrar {
  /** Whether an id can be one of theirs. */
  takes(clientId: string): boolean;
  /** Resolves, judges and keeps it, unless its registration is still good. @throws RegistrationRefused */
  register(entityId: string): Promise<void>;
}

/**
 * Many who name one id wait for one resolution; what was refused is refused for a minute without asking anybody.
 * @param settings what is in force now
 */
export function createRegistrar(
  deps: RegistrarDeps,
  settings: () => FederationSettings | undefined,
): Registrar {
  const { clock, config } = deps;
  const underWay = new Map<string, Promise<void>>();
  const refused = new Map<string, { refusal: RegistrationRefused; until: Date }>();
  let resolving: { of: FederationSettings; resolver: Resolver } | undefined;

  const resolverOf = (current: FederationSettings): Resolver => {
    if (resolving?.of !== current) {
      const anchors = new Map(current.trustAnchors.map(({ entityId, jwks }) => [entityId, jwks]));
      const ask = askWorld(config.privateNetworks);
      resolving = { of: current, resolver: createResolver({ ask, clock, anchors }) };
      refused.clear();
    }
    return resolving.resolver;
  };

  const registerNow = async (entityId: string, current: FederationSettings): Promise<void> => {
    const resolver = resolverOf(current);
    const chain = await resolver.resolve(entityId);
    const marks = await resolver.marksOf(chain);
    const found = policyFor(current.policies, marks);
    if (!found) throw new RegistrationRefused('invalid_trust_chain', 'no trust mark that is asked for');
    const metadata = clientMetadata(chain.metadata['openid_relying_party'], found.policy, config.loopback);
    await refuseOwnNetwork(metadata['backchannel_logout_uri']);
    const expiresAt = endOf(chain, found.markEndsAt);
    await keepClient(deps, {
      entityId,
      metadata,
      policy: found.policy.code,
      anchor: chain.anchor,
      expiresAt,
    });
  };

  const refuseOwnNetwork = async (uri: unknown): Promise<void> => {
    if (typeof uri !== 'string') return;
    await refuseForeignNetwork(new URL(uri), config.privateNetworks).catch(() => {
      throw new RegistrationRefused('invalid_metadata', 'backchannel_logout_uri cannot be called');
    });
  };

  const remember = (entityId: string, refusal: RegistrationRefused): void => {
    refused.delete(entityId);
    refused.set(entityId, { refusal, until: after(clock(), REFUSED_MS) });
    const [oldest] = refused.keys();
    if (refused.size > MOST_REFUSED && oldest !== undefined) refused.delete(oldest);
  };

  return {
    takes: (clientId) =>
      (settings()?.policies.length ?? 0) > 0 && isEntityId(clientId) && clientId !== config.issuer,
    async register(entityId) {
      const current = settings();
      if (!current) throw new RegistrationRefused('invalid_trust_chain', 'there is no federation');
      resolverOf(current);
      const known = refused.get(entityId);
      if (known && known.until > clock()) throw known.refusal;
      const running = underWay.get(entityId);
      if (running) return running;
      if (underWay.size >= MOST_AT_ONCE) throw new RegistrationRefused('temporarily_unavailable', 'busy');
      const registering = (async () => {
        const kept = await findRegistration(deps.db, entityId);
        if (kept && kept.expiresAt > clock()) return;
        await registerNow(entityId, current);
      })();
      underWay.set(entityId, registering);
      try {
        await registering;
      } catch (error) {
        if (!(error instanceof TrustFault || error instanceof RegistrationRefused)) throw error;
        const refusal = refusalOf(error);
        // that our own time ran out says nothing about it
        if (!(error instanceof TrustFault && error.reason === 'limits')) remember(entityId, refusal);
        throw refusal;
      } finally {
        underWay.delete(entityId);
      }
    },
  };
}

/** Both the chain and the mark have to hold. */
function endOf({ expiresAt }: TrustChain, markEndsAt: Date | undefined): Date {
  return markEndsAt && markEndsAt < expiresAt ? markEndsAt : expiresAt;
}
