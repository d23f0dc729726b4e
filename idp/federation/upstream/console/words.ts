import type { Db } from '#db/idp/tables.ts';
import { type Clock, DAY } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Cell } from '#templates/views/console.ts';
import type { ListDeps } from '../../../console-lists/index.ts';
import type { ProviderClients } from '../client.ts';
import type { UpstreamRegistry } from '../registry.ts';
import type { UpstreamProvider } from '../types.ts';

export const UPSTREAMS = '/console/upstreams';
export const LINK_LIST = '/console/upstream-links';
/** How far back sign-ins are counted. */
export const USE_MS = 30 * DAY;

export type UpstreamConsoleDeps = ListDeps & {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  upstreams: { providers: UpstreamRegistry; clients: ProviderClients };
};

export function stateCell({ active }: UpstreamProvider): Cell {
  return active
    ? { textKey: 'console-upstreams.state-active', tone: 'success' }
    : { textKey: 'console-upstreams.state-disabled', tone: 'neutral' };
}

/** How the last try to read the provider's metadata went, as this replica knows. */
export function answerCell(clients: ProviderClients, { code }: UpstreamProvider): Cell {
  const health = clients.healthOf(code);
  if (!health) return { textKey: 'console-upstreams.answer-unknown', tone: 'neutral' };
  return health.fault === undefined
    ? { textKey: 'console-upstreams.answer-good', tone: 'success' }
    : { textKey: 'console-upstreams.answer-none', tone: 'error' };
}
