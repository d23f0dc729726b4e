import type { Trx } from '#db/idp/tables.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { allowedLink } from './policy.ts';
import { insertMessage } from './store.ts';
import type { NewMessage } from './types.ts';

/** What became of a message: a second one of its key changes nothing. */
export type Sending = 'sent' | 'sent_before' | 'foreign_link';

/**
 * Puts a message into a person's 'messages', in the transaction of the deed it tells of.
 * A link that leads neither into the portal nor to the message's subsystem refuses the whole message.
 */
export async function sendMessage(
  trx: Trx,
  registry: Pick<ClientRegistry, 'list'>,
  message: NewMessage,
): Promise<Sending> {
  const { link: asked, ...rest } = message;
  const link =
    asked === undefined ? undefined : allowedLink(asked, originsOf(registry, message.subsystemCode));
  if (asked !== undefined && link === undefined) return 'foreign_link';
  const isNew = await insertMessage(trx, { ...rest, ...(link !== undefined && { link }) });
  return isNew ? 'sent' : 'sent_before';
}

/** Where a subsystem's client says it lives. */
function originsOf(registry: Pick<ClientRegistry, 'list'>, subsystemCode: string | undefined): string[] {
  const clients = registry
    .list()
    .filter(({ subsystem }) => subsystemCode !== undefined && subsystem?.code === subsystemCode);
  return clients
    .flatMap(({ metadata: { initiate_login_uri: entry, redirect_uris: redirects } }) => [
      entry,
      ...(Array.isArray(redirects) ? (redirects as unknown[]) : []),
    ])
    .filter((uri): uri is string => typeof uri === 'string' && URL.canParse(uri))
    .map((uri) => new URL(uri).origin);
}
