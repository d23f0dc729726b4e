import { z } from 'zod';
import { transact } from '#db/transact.ts';
import { sightOf } from '../policy.ts';
import { addSignIns, listSignIns, replaceTodoCounts } from '../store/reports.ts';
import type { Operation } from '../types.ts';
import { isPublicAddress } from '#kit/plain-text.ts';
import { PAGE_SIZE, accountId, cursor, pageOf, startOf, unitCode } from './paging.ts';

/** A few words on one line. */
export const label = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const countsSchema = z.strictObject({
  counts: z
    .array(
      z.strictObject({
        key: z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,59}$/),
        label: z.strictObject({ 'zh-TW': label, en: z.union([label, z.literal('')]).default('') }),
        count: z.number().int().min(0).max(1_000_000),
        url: z.string().max(500).optional(),
      }),
    )
    .max(100)
    .refine((counts) => new Set(counts.map(({ key }) => key)).size === counts.length, 'keys must differ'),
});

/** The portal shows the totals on the tiles of the accounts. */
export const tellTodoCountsOperation: Operation<z.infer<typeof countsSchema>> = {
  method: 'put',
  path: '/subsystem-accounts/{id}/todo-counts',
  operationId: 'tellTodoCounts',
  scope: 'todo_counts:write',
  summary: 'Tell what work waits at one of your accounts',
  description: 'Replaces what was told before. `url` leads to your own origin.',
  body: countsSchema,
  responses: {
    200: 'Kept',
    404: 'Not an account of your subsystem',
    422: 'A url that is not of your own origin',
  },
  handle: async (deps, { caller, params, body }) => {
    const id = accountId.safeParse(params['id']);
    const origins = originsOf(deps.registry.find(caller.clientId)?.metadata['redirect_uris']);
    const foreign = body.counts.some(({ url }) => url !== undefined && !isOf(url, origins));
    if (foreign) return { status: 422, body: { error: 'foreign_link' } };
    const kept =
      id.success &&
      (await transact(deps.db, (trx) => replaceTodoCounts(trx, caller.subsystem.code, id.data, body.counts)));
    return kept
      ? { status: 200, body: { status: 'kept' } }
      : { status: 404, body: { error: 'unknown_account' } };
  },
};

const LOOPBACK = /^http:\/\/localhost(:\d+)?$/;

/** The origins of a client's redirect URIs. */
export function originsOf(uris: unknown): string[] {
  return Array.isArray(uris) ? uris.map((uri) => new URL(String(uri)).origin) : [];
}

/** Whether an address leads to one of them, without a name or password in it. */
export function isOf(url: string, origins: string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { origin } = new URL(url);
  return origins.includes(origin) && (isPublicAddress(url) || LOOPBACK.test(origin));
}

const eventsSchema = z.strictObject({
  events: z
    .array(
      z.strictObject({
        subsystem_account: accountId,
        type: z.enum(['signed_in', 'signed_out', 'refused']),
        at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
        reason: z
          .string()
          .max(60)
          .regex(/^[\w .-]*$/)
          .default(''),
        ip: z.union([z.ipv4(), z.ipv6(), z.literal('')]).default(''),
        dedupe_key: z.string().regex(/^[\w.:-]{1,100}$/),
      }),
    )
    .min(1)
    .max(500),
});

export const reportSignInsOperation: Operation<z.infer<typeof eventsSchema>> = {
  method: 'post',
  path: '/sign-in-events',
  operationId: 'reportSignIns',
  scope: 'sign_ins:write',
  summary: 'Report who signed in or out at your subsystem',
  description: 'One dedupe_key is one event; events of accounts that are not yours are left out.',
  body: eventsSchema,
  responses: { 200: '`added` says how many were new' },
  handle: async (deps, { caller, body }) => {
    const add = (trx: Parameters<typeof addSignIns>[0]) =>
      addSignIns(trx, caller.subsystem.code, body.events);
    return { status: 200, body: { added: await transact(deps.db, add) } };
  },
};

const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();
const signInQuery = z.strictObject({ unit: unitCode.optional(), from: moment, to: moment, cursor });

export const listSignInsOperation: Operation<unknown, z.infer<typeof signInQuery>> = {
  method: 'get',
  path: '/sign-in-events',
  operationId: 'listSignIns',
  scope: 'sign_ins:read',
  summary: 'Read who signed in at your subsystem',
  description: `The newest first, pages of ${PAGE_SIZE}. A person sees the unit their own account manages.`,
  query: signInQuery,
  responses: { 200: 'One page' },
  handle: async ({ db, keyring }, { caller, query }) => {
    const { cursor: text, unit, from, to } = query;
    const sight = sightOf(caller);
    if (!sight) return { status: 403, body: { error: 'not_a_manager' } };
    const filters = {
      unit,
      from: from?.toISOString(),
      to: to?.toISOString(),
      subsystem: caller.subsystem.code,
      units: sight.unitCodes?.join(' '),
    };
    const after = startOf(keyring, 'api-sign-ins', filters, text);
    const found = await listSignIns(
      db,
      caller.subsystem.code,
      sight,
      { unit, from, to, after },
      PAGE_SIZE + 1,
    );
    const { rows, next } = pageOf(keyring, 'api-sign-ins', filters, found, (row) => ({
      value: row.position,
      id: String(row.id),
    }));
    const events = rows.map(({ position: _, id: __, ...event }) => event);
    return { status: 200, body: { events, ...(next !== undefined && { next }) } };
  },
};
