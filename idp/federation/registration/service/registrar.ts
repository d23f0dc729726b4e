import type { Db } from '#db/idp/tables.ts';
import type { Log } from '#kit/log.ts';
import { type Resolver, isEntityId } from '../../trust-chain/index.ts';
import { RegistrationRefused, asRefusal, storyOf } from '../refusal.ts';
import type { FederationSettings } from '../settings.ts';
import { findRegistration } from '../store/clients.ts';
import { noteFailure } from '../store/renewals.ts';
import { type ExplicitRegistrar, type Sign, createExplicitRegistrar } from './explicit.ts';
import { type JudgeDeps, judge, refuseStranger, resolverFor } from './judge.ts';
import { keepClient } from './keep.ts';
import { findDeclared } from '../../../subsystems/index.ts';
import { Strangers } from './strangers.ts';
import { createTurns } from './turns.ts';

export interface RegistrarDeps extends JudgeDeps {
  db: Db;
  log: Log;
  config: JudgeDeps['config'] & { issuer: string };
}

/** Registers clients whose chain of trust leads to an anchor of ours (OpenID Federation 1.0 §12). */
export interface Registrar extends ExplicitRegistrar {
  /** Whether an id can be one of theirs. */
  takes(clientId: string): boolean;
  /** Whether an address may have us ask the world about one name more in this minute. */
  admits(address: string, name: string): boolean;
  /** Resolves, judges and keeps it, unless its registration is still good. @throws RegistrationRefused */
  register(entityId: string): Promise<void>;
  /** The same ahead of the end, with nothing remembered from before. @throws RegistrationRefused, TrustFault */
  renew(entityIds: readonly string[]): Promise<PromiseSettledResult<void>[]>;
}

/** @param settings what is in force now */
export function createRegistrar(
  deps: RegistrarDeps,
  settings: () => FederationSettings | undefined,
  sign: Sign,
): Registrar {
  const { clock, config, log } = deps;
  const inTurn = createTurns<void>(clock);
  const strangers = new Strangers();
  let resolving: { of: FederationSettings; resolver: Resolver } | undefined;

  const resolverOf = (current: FederationSettings): Resolver => {
    if (resolving?.of !== current) resolving = { of: current, resolver: resolverFor(deps, current) };
    return resolving.resolver;
  };
  const inForce = (): FederationSettings => {
    const current = settings();
    if (!current) throw new RegistrationRefused('invalid_trust_chain', 'there is no federation');
    return current;
  };

  /** Of a subsystem's client the log says which statement of the chain it was; strangers write nothing there. */
  const note = async (entityId: string, error: unknown): Promise<never> => {
    const refusal = asRefusal(error);
    const { rule, about, message } = refusal;
    if (await findDeclared(deps.db, entityId))
      log.warn({ entity: entityId, rule, about, reason: message }, 'a client does not come in by its chain');
    await noteFailure(deps.db, entityId, storyOf(refusal), clock());
    throw refusal;
  };

  return {
    ...createExplicitRegistrar(deps, { inForce, resolverOf, sign, strangers }),
    takes: (clientId) =>
      (settings()?.trustAnchors.length ?? 0) > 0 && isEntityId(clientId) && clientId !== config.issuer,
    admits: (address, name) => strangers.admits(address, name, clock().getTime()),
    async register(entityId) {
      const current = inForce();
      const decide = async (): Promise<void> => {
        const kept = await findRegistration(deps.db, entityId);
        if (kept && kept.expiresAt > clock()) return;
        await refuseStranger(deps.db, entityId, current);
        const resolver = resolverOf(current);
        const chain = await resolver.resolve(entityId);
        await keepClient(deps, await judge(deps, resolver, chain, current, 'automatic'), 'first');
      };
      await inTurn(entityId, current, () => decide().catch((error: unknown) => note(entityId, error)));
    },
    async renew(entityIds) {
      const current = inForce();
      const resolver = resolverFor(deps, current);
      return Promise.allSettled(
        entityIds.map(async (entityId) => {
          const chain = await resolver.resolve(entityId);
          await keepClient(deps, await judge(deps, resolver, chain, current, 'automatic'), 'ahead');
        }),
      );
    },
  };
}
