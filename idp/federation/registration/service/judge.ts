import type { Clock } from '#kit/clock.ts';
import { type PrivateNetworks, refuseForeignNetwork } from '#kit/http/outbound.ts';
import {
  type Resolver,
  type TrustAnchors,
  type TrustChain,
  askWorld,
  createResolver,
} from '../../trust-chain/index.ts';
import type { Db } from '#db/idp/tables.ts';
import { type Manifest, findDeclared } from '../../../subsystems/index.ts';
import { type ClientPolicy, type Way, clientMetadata, declaredMetadata, policyFor } from '../policy.ts';
import { RegistrationRefused } from '../refusal.ts';
import type { FederationSettings } from '../settings.ts';
import type { Registration } from '../store/clients.ts';

/** @throws RegistrationRefused for more than is allowed */
type Rule = Pick<ClientPolicy, 'code' | 'trustMark' | 'issuers'> & {
  allow: (said: unknown, way: Way) => Record<string, unknown>;
};

export interface JudgeDeps {
  db: Db;
  clock: Clock;
  config: { loopback: boolean; privateNetworks: PrivateNetworks };
}

/** Asks the world for chains to the anchors in force; what it heard it keeps for a while. */
export function resolverFor({ clock, config }: JudgeDeps, settings: FederationSettings): Resolver {
  return createResolver({ ask: askWorld(config.privateNetworks), clock, anchors: anchorsOf(settings) });
}

export function anchorsOf({ trustAnchors }: FederationSettings): TrustAnchors {
  return new Map(trustAnchors.map(({ entityId, jwks }) => [entityId, jwks]));
}

/** Without a policy only subsystems come by their chains: nobody is asked about others. @throws RegistrationRefused */
export async function refuseStranger(
  db: Db,
  entityId: string,
  { policies }: FederationSettings,
): Promise<void> {
  if (policies.length > 0 || (await findDeclared(db, entityId))) return;
  throw new RegistrationRefused('invalid_trust_chain', 'no trust mark that is asked for');
}

/**
 * What a client is registered with by its chain: no more than the policy of the mark it carries allows, no longer than
 * chain and mark hold.
 * @throws TrustFault, RegistrationRefused
 */
export async function judge(
  { db, config }: JudgeDeps,
  resolver: Resolver,
  chain: TrustChain,
  { policies }: FederationSettings,
  way: Way,
): Promise<Registration> {
  const subsystem = await findDeclared(db, chain.subject);
  const found = policyFor(rulesFor(subsystem, policies, config.loopback), await resolver.marksOf(chain));
  if (!found) throw new RegistrationRefused('invalid_trust_chain', 'no trust mark that is asked for');
  const said = chain.metadata['openid_relying_party'];
  const metadata = found.policy.allow(said, way);
  const types = said?.['client_registration_types'];
  await refuseOwnNetwork(metadata['backchannel_logout_uri'], config.privateNetworks);
  return {
    ...{ entityId: chain.subject, metadata, policy: found.policy.code, anchor: chain.anchor },
    subsystem,
    expiresAt: endOf(chain, found.markEndsAt),
    saidAt: new Date(chain.configuration.iat * 1000),
    renews: Array.isArray(types) && types.includes('automatic'),
  };
}

/** The client of a subsystem is held to its manifest alone, every other to the first policy that fits. */
function rulesFor(
  subsystem: Manifest | undefined,
  policies: FederationSettings['policies'],
  isLoopback: boolean,
): Rule[] {
  if (!subsystem?.client.federation)
    return policies.map((policy) => ({
      ...policy,
      allow: (said, way) => clientMetadata(said, policy, isLoopback, way),
    }));
  const allow: Rule['allow'] = (said, way) => declaredMetadata(said, subsystem, way);
  return [{ code: subsystem.code, ...subsystem.client.federation, allow }];
}

async function refuseOwnNetwork(uri: unknown, networks: PrivateNetworks): Promise<void> {
  if (typeof uri !== 'string') return;
  await refuseForeignNetwork(new URL(uri), networks).catch(() => {
    throw new RegistrationRefused('invalid_metadata', 'backchannel_logout_uri cannot be called');
  });
}

/** Both the chain and the mark have to hold. */
function endOf({ expiresAt }: TrustChain, markEndsAt: Date | undefined): Date {
  return markEndsAt && markEndsAt < expiresAt ? markEndsAt : expiresAt;
}
