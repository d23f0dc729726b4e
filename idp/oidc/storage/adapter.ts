import type { Adapter, AdapterFactory } from 'oidc-provider';
import { digest } from '#kit/random.ts';
import { initialTokenAdapter, managementTokenAdapter } from '../registration/token-adapters.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';
import { artefactAdapter } from './artefact-adapter.ts';
import { clientAdapter } from './client-adapter.ts';
import { grantAdapter } from './grant-adapter.ts';
import { sessionAdapter } from './session-adapter.ts';
import { findInteraction } from './interaction.ts';
import { replayAdapter } from './replay.ts';
import { currentWork } from './unit-of-work.ts';
import { waitingAdapter } from './waiting-adapter.ts';

/** oidc-provider's storage on PostgreSQL: one adapter for each kind of model. */
export function createAdapterFactory(deps: StorageDeps): AdapterFactory {
  return (name) => {
    switch (name) {
      case 'Client':
        return clientAdapter(deps);
      case 'Session':
        return sessionAdapter(deps);
      case 'Grant':
        return grantAdapter(deps);
      case 'Interaction':
        return interactionAdapter(deps);
      case 'ReplayDetection':
        return replayAdapter(deps);
      case 'InitialAccessToken':
        return initialTokenAdapter(deps);
      case 'RegistrationAccessToken':
        return managementTokenAdapter(deps);
      case 'DeviceCode':
      case 'BackchannelAuthenticationRequest':
        return waitingAdapter(name, deps);
      default:
        return artefactAdapter(name, deps);
    }
  };
}

function interactionAdapter({ database }: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(uid) {
      const payload = await findInteraction(database, uid);
      return payload && { ...payload, jti: uid };
    },
    upsert(uid, { jti: _bearer, ...payload }) {
      if (payload.session) delete payload.session.cookie; // the raw session id is a bearer secret
      const { writes, interactions } = currentWork();
      writes.interaction = { digest: digest(uid), payload, exists: interactions.get(uid) !== undefined };
      return Promise.resolve();
    },
    destroy(uid) {
      const { writes } = currentWork();
      writes.interaction = undefined;
      writes.interactionEnd = { digest: digest(uid) };
      return Promise.resolve();
    },
  };
}
