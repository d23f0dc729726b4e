import { API } from '../../directory-api/index.ts';
import type { ClientRegistry, RegisteredClient, Subsystem } from '../../subsystems/index.ts';

export interface Target {
  client: RegisteredClient;
  subsystem: Subsystem;
  resource: Subsystem['manifest']['resources'][number];
}

/**
 * The resource of this name, whichever subsystem declares it; undefined while that one is out of use, and where two
 * claim the name: nobody acts towards one of them by the rules of the other. The directory API is the provider's own,
 * whatever a manifest says.
 */
export function findTarget(registry: ClientRegistry, issuer: string, identifier: string): Target | undefined {
  if (identifier === issuer + API) return undefined;
  const found: Target[] = [];
  for (const client of registry.list()) {
    const { subsystem, active } = client;
    const resource = subsystem?.manifest.resources.find((each) => each.identifier === identifier);
    if (subsystem && resource && active) found.push({ client, subsystem, resource });
  }
  return found.length === 1 ? found[0] : undefined;
}
