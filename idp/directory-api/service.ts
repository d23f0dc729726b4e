import { type Caller, recordAudit } from '../audit/index.ts';
import { type Sending, sendMessage } from '../messages/index.ts';
import type { PushedMessage } from './schema.ts';
import { findHolder } from './store.ts';
import type { ApiClient, DirectoryApiDeps } from './types.ts';

/**
 * Leaves a subsystem's message for the holder of one of its accounts. An account of another subsystem, of nobody
 * and an unknown one get one answer.
 */
export async function pushMessage(
  deps: DirectoryApiDeps,
  { clientId, subsystem }: ApiClient,
  message: PushedMessage,
  caller: Caller,
): Promise<Sending | 'unknown_account'> {
  const { subsystem_account: subsystemAccountId, dedupe_key: dedupeKey, subject, body, link } = message;
  return deps.db.transaction().execute(async (trx) => {
    const accountId = await findHolder(trx, subsystem.code, subsystemAccountId);
    if (accountId === undefined) return 'unknown_account';
    const sending = await sendMessage(trx, deps.registry, {
      accountId,
      subsystemCode: subsystem.code,
      sender: subsystem.shortName,
      subject,
      body,
      dedupeKey,
      ...(link !== undefined && { link }),
    });
    if (sending === 'sent') {
      await recordAudit(trx, {
        type: 'message.pushed',
        accountId,
        clientId,
        toSubsystemAccountId: subsystemAccountId,
        caller,
        details: { dedupeKey },
      });
    }
    return sending;
  });
}
