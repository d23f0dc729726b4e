import { transact } from '#db/transact.ts';
import { recordAudit } from '../../audit/index.ts';
import { sendMessage } from '../../messages/index.ts';
import { findHolder } from '../store/accounts.ts';
import type { Operation } from '../types.ts';
import { type PushedMessage, messageSchema } from './message-schema.ts';

const STATUS = { sent: 201, sent_before: 200, unknown_account: 404, foreign_link: 422 } as const;

/**
 * Leaves a subsystem's message for the holder of one of its accounts. An account of another subsystem, of nobody
 * and an unknown one get one answer.
 */
export const sendMessageOperation: Operation<PushedMessage> = {
  method: 'post',
  path: '/messages',
  operationId: 'sendMessage',
  scope: 'messages:send',
  summary: 'Leave a message for the holder of one of your accounts',
  description: "The subject is shown after your manifest's prefix. One dedupe_key is one message.",
  body: messageSchema,
  responses: {
    201: 'Left for the person',
    200: 'A message of this dedupe_key was left before; nothing changes',
    404: 'Not an account of your subsystem that a person holds',
    422: 'The link leads neither into the portal nor to your subsystem',
  },
  handle: async (deps, { caller, body, from }) => {
    const { subsystem, clientId } = caller;
    const { subsystem_account: subsystemAccountId, dedupe_key: dedupeKey, subject, body: text, link } = body;
    const outcome = await transact(deps.db, async (trx) => {
      const accountId = await findHolder(trx, subsystem.code, subsystemAccountId);
      if (accountId === undefined) return 'unknown_account';
      const sending = await sendMessage(trx, deps.registry, {
        accountId,
        subsystemCode: subsystem.code,
        sender: subsystem.shortName,
        subject,
        body: text,
        dedupeKey,
        ...(link !== undefined && { link }),
      });
      if (sending === 'sent') {
        await recordAudit(trx, {
          type: 'message.pushed',
          accountId,
          clientId,
          toSubsystemAccountId: subsystemAccountId,
          caller: from,
          details: { dedupeKey },
        });
      }
      return sending;
    });
    const done = outcome === 'sent' || outcome === 'sent_before';
    return { status: STATUS[outcome], body: done ? { status: outcome } : { error: outcome } };
  },
};
