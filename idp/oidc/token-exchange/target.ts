import type { ClientRegistry, RegisteredClient, Subsystem } from '../../subsystems/index.ts';

export interface Target {
  client: RegisteredClient;
  subsystem: Subsystem;
  resource: Subsystem['manifest']['resources'][number];
}

/**
 * The resource of this name, whichever subsystem declares it; undefined while that one is out of use, and where two
 * claim the name: nobody acts towards one of them by the rules of the other.
 */
export function findTarget(registry: ClientRegistry, identifier: string): Target | undefined {
  const found: Target[] = [];
  for (const client of registry.list()) {
    const { subsystem, active } = client;
    const resource = subsystem?.manifest.resources.find((each) => each.identifier === identifier);
    if (subsystem && resource && active) found.push({ client, subsystem, resource });
  }
  return found.length === 1 ? found[0] : undefined;
}
