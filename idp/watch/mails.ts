import type { Trx } from '#db/idp/tables.ts';
import type { MailParams } from '../notifications/index.ts';
import { queueMail } from '../notifications/index.ts';
import { listResponsible } from './store/people.ts';
import type { WatchDeps } from './types.ts';

/**
 * N18: tells everybody responsible, and the addresses of the setting (the data protection officer), once each.
 * @param event names what happened, for the mails' keys
 */
export async function tellResponsible(
  trx: Trx,
  { keyring, config }: WatchDeps,
  event: string,
  params: MailParams['N18'],
): Promise<void> {
  const people = await listResponsible(trx);
  const others = config.watch.mailTo
    .filter((address) => !people.some((person) => person.address === address))
    .map((address) => ({ address, name: address }));
  for (const to of [...people, ...others]) {
    await queueMail(trx, keyring, { kind: 'N18', to, params, dedupeKey: `N18:${event}:${to.address}` });
  }
}
