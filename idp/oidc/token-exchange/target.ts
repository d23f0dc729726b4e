import type { ClientRegistry, RegisteredClient, Subsystem } from '../../subsystems/index.ts';

export interface Target {
  client: RegisteredClient;
  subsystem: Subsystem;
  resource: Subsystem['manifest']['resources'][number];
}

/** The one resource of this name, whichever subsystem declares it; undefined while that one is out of use. */
export function findTarget(registry: ClientRegistry, identifier: string): Target | undefined {
  for (const client of registry.list()) {
    const { subsystem, active } = client;
    const resource = subsystem?.manifest.resources.find((each) => each.identifier === identifier);
    if (subsystem && resource && active) return { client, subsystem, resource };
  }
  return undefined;
}
