import type { Db } from '#db/idp/tables.ts';
import { listProviders } from './store/providers.ts';
import type { UpstreamProvider } from './types.ts';

/** The providers as this replica knows them. */
export interface UpstreamRegistry {
  list(): readonly UpstreamProvider[];
  /** An active one. */
  find(code: string): UpstreamProvider | undefined;
  /** Reads them again: on a change, and now and then. */
  refresh(): Promise<void>;
}

/** Loads the providers; the sign-in page asks for them, so they are kept in memory. */
export async function createUpstreamRegistry(db: Db): Promise<UpstreamRegistry> {
  let providers = await listProviders(db);
  return {
    list: () => providers,
    find: (code) => providers.find((provider) => provider.code === code && provider.active),
    async refresh() {
      providers = await listProviders(db);
    },
  };
}
