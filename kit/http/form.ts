import type { IncomingMessage } from 'node:http';
import { Fault } from '../errors.ts';
import type { Context } from './context.ts';

const sent = new WeakMap<IncomingMessage, URLSearchParams>();
const FORM_TYPE = 'application/x-www-form-urlencoded';
const LIMIT_BYTES = 64 * 1024;
const MAX_FIELDS = 500;

/** A submitted form: every field is a string, or a list where the form has several of one name. */
export class Form {
  readonly #fields: URLSearchParams;

  constructor(fields: URLSearchParams) {
    this.#fields = fields;
  }

  /** The field's value, '' when absent. @throws Fault bad_request when it is repeated */
  get(name: string): string {
    const values = this.#fields.getAll(name);
    if (values.length > 1) throw new Fault('bad_request');
    return values[0] ?? '';
  }

  all(name: string): string[] {
    return this.#fields.getAll(name);
  }
}

/**
 * Reads the request's form.
 * @throws Fault unsupported_media_type, body_too_large (over 64 KiB), or bad_request (NUL bytes, too many fields)
 */
export async function readForm(ctx: Context, limitBytes = LIMIT_BYTES): Promise<Form> {
  if (!ctx.is(FORM_TYPE)) throw new Fault('unsupported_media_type');
  const text = await readBody(ctx, limitBytes);
  const fields = new URLSearchParams(text);
  sent.set(ctx.req, fields);
  if (fields.size > MAX_FIELDS || hasControlCharacters(fields)) throw new Fault('bad_request');
  return new Form(fields);
}

/** What the request's form held, whether or not somebody has read it; undefined for anything but a sound form. */
export async function sentFields(ctx: Context): Promise<URLSearchParams | undefined> {
  if (!sent.has(ctx.req)) await readForm(ctx).catch(() => undefined);
  return sent.get(ctx.req);
}

/** The whole body as text. @throws Fault body_too_large */
export async function readBody(ctx: Context, limitBytes = LIMIT_BYTES): Promise<string> {
  if (Number(ctx.get('content-length')) > limitBytes) throw new Fault('body_too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw new Fault('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** PostgreSQL refuses NUL in text; no form of ours needs one. */
function hasControlCharacters(fields: URLSearchParams): boolean {
  for (const [name, value] of fields) if (name.includes('\0') || value.includes('\0')) return true;
  return false;
}
