import type { z } from 'zod';
import { Fault } from '#kit/errors.ts';
import type { PersonAnswer, PersonCall } from '../idp-api/index.ts';
import { type SignedInContext, sessionOf } from '../sessions/index.ts';
import type { OfficeHost } from './types.ts';

/** The single entry's rules said no to reading; `error` names the rule. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly error: string;

  constructor(error: string) {
    super(error);
    this.error = error;
  }
}

/**
 * Reads something in the person's own name.
 * @throws Refused when the single entry's rules say no
 * @throws Fault not_found, bad_request, identity_provider_unavailable
 */
export async function read<T>(
  host: OfficeHost,
  ctx: SignedInContext,
  path: string,
  schema: z.ZodType<T>,
  query: PersonCall['query'] = {},
): Promise<T> {
  const answer = await host.api.call(sessionOf(ctx), path, { query });
  if (answer.ok) return schema.parse(answer.body);
  if (answer.status === 404) throw new Fault('not_found');
  if (answer.status === 400) throw new Fault('bad_request');
  throw new Refused(errorOf(answer));
}

/**
 * Sends a deed in the person's own name, once for each `key`.
 * @returns the answer, a rule's refusal among them
 * @throws Fault not_found, bad_request, identity_provider_unavailable
 */
export async function send(
  host: OfficeHost,
  ctx: SignedInContext,
  path: string,
  deed: { method?: 'POST' | 'PUT'; body: object; key: string },
): Promise<PersonAnswer & { error: string }> {
  const { method = 'POST', body, key } = deed;
  if (!/^[\w-]{8,60}$/.test(key)) throw new Fault('bad_request');
  const answer = await host.api.call(sessionOf(ctx), path, { method, body, key });
  if (answer.status === 404) throw new Fault('not_found');
  if (answer.status === 400) throw new Fault('bad_request');
  return { ...answer, error: answer.ok ? '' : errorOf(answer) };
}

export function errorOf({ body }: PersonAnswer): string {
  return typeof body['error'] === 'string' ? body['error'] : 'refused';
}

/** Of the account in an address: whatever cannot be one is not there. @throws Fault not_found */
export function idOf(ctx: SignedInContext, pattern = /^[\x21-\x7e]{1,64}$/): string {
  const id = String(ctx.params['id']);
  if (!pattern.test(id)) throw new Fault('not_found');
  return id;
}
