import { z } from 'zod';
import { transact } from '#db/transact.ts';
import { recordAudit } from '../../audit/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { findReminded } from '../store/reminded.ts';
import type { Operation } from '../types.ts';
import { accountId, unitCode } from './paging.ts';
import { isOf, label, originsOf } from './reports.ts';

/** Nothing but an address: it stands in a letter of ours. */
const ADDRESS = /^[\x21-\x7e]{1,500}$/;

const reminderSchema = z.strictObject({
  subsystem_account: accountId,
  unit: unitCode,
  menu_roles: z.array(z.string().max(60)).min(1).max(200),
  lines: z
    .array(
      z.strictObject({
        label: z.strictObject({ 'zh-TW': label, en: z.union([label, z.literal('')]).default('') }),
        count: z.number().int().min(1).max(1_000_000),
      }),
    )
    .min(1)
    .max(100),
  link: z.string().regex(ADDRESS),
  settings: z.string().regex(ADDRESS),
  dedupe_key: z.string().regex(/^[\w.:-]{1,100}$/),
});

type Reminder = z.infer<typeof reminderSchema>;

/** N15: the mail a subsystem has written to the holder of an account about what waits there. */
export const sendReminderOperation: Operation<Reminder> = {
  method: 'post',
  path: '/reminders',
  operationId: 'sendReminder',
  scope: 'messages:send',
  summary: 'Have the holder of one of your accounts reminded by mail of what waits',
  description:
    'Send it only to whoever asked for it; `settings` is where they end it. Nobody is written to whose account is not bound and active, or is no longer of that unit with these menu roles. One dedupe_key is one mail.',
  body: reminderSchema,
  responses: {
    201: 'Queued',
    200: 'A mail of this dedupe_key was queued before; nothing changes',
    404: 'Not an account that is bound, active, of this unit and with these menu roles',
    422: 'An address that is not of your own origin',
  },
  handle: async (deps, { caller, body, from }) => {
    const { subsystem, clientId } = caller;
    const origins = originsOf(deps.registry.find(clientId)?.metadata['redirect_uris']);
    if (!isOf(body.link, origins) || !isOf(body.settings, origins)) {
      return { status: 422, body: { error: 'foreign_link' } };
    }
    return transact(deps.db, async (trx) => {
      const asked = { id: body.subsystem_account, unitCode: body.unit, menuRoles: body.menu_roles };
      const holder = await findReminded(trx, subsystem.code, asked);
      if (!holder) return { status: 404, body: { error: 'unknown_account' } };
      const isNew = await queueMail(trx, deps.keyring, {
        kind: 'N15',
        to: { accountId: holder.accountId, address: holder.email, name: holder.name },
        params: {
          subsystemName: subsystem.name,
          unitName: { 'zh-TW': holder.unitName, en: holder.unitNameEn || holder.unitName },
          waitingWork: { 'zh-TW': linesIn(body, 'zh-TW'), en: linesIn(body, 'en') },
          settingsAddress: body.settings,
          url: body.link,
        },
        dedupeKey: `N15-${subsystem.code}-${body.dedupe_key}`,
      });
      if (!isNew) return { status: 200, body: { status: 'sent_before' } };
      await recordAudit(trx, {
        type: 'reminder.queued',
        accountId: holder.accountId,
        clientId,
        toSubsystemAccountId: body.subsystem_account,
        caller: from,
        details: { dedupeKey: body.dedupe_key },
      });
      return { status: 201, body: { status: 'queued' } };
    });
  },
};

function linesIn({ lines }: Reminder, locale: 'zh-TW' | 'en'): string {
  return lines
    .map(({ label: text, count }) => `${text[locale] || text['zh-TW']} ${count}`)
    .join(locale === 'en' ? '; ' : '；');
}
