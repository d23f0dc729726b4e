import { Fault } from '../errors.ts';
import type { Context } from './context.ts';

export interface UploadedFile {
  /** As the browser named it: anything may stand here. */
  name: string;
  bytes: Buffer;
}

/** What surrounds a file in a form: boundaries, headers. */
const OVERHEAD_BYTES = 16 * 1024;
const MAX_PARTS = 10;
/** So much more is still read and thrown away, so that the browser hears the answer instead of a broken line. */
const DRAINED = 4;

/**
 * Reads the one file of a multipart form.
 * @returns undefined when the field holds none, `too_large` when it is over `limitBytes`
 * @throws Fault unsupported_media_type, bad_request (not a form), body_too_large (far over the limit)
 */
export async function readUpload(
  ctx: Context,
  field: string,
  limitBytes: number,
): Promise<UploadedFile | 'too_large' | undefined> {
  if (!ctx.is('multipart/form-data')) throw new Fault('unsupported_media_type');
  const body = await readLimited(ctx, limitBytes + OVERHEAD_BYTES);
  if (body === undefined) return 'too_large';
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': ctx.get('content-type') },
  })
    .formData()
    .catch((error: unknown) => {
      throw new Fault('bad_request', {}, error);
    });
  const files = form.getAll(field).filter((part) => typeof part !== 'string');
  if ([...form].length > MAX_PARTS || files.length > 1) throw new Fault('bad_request');
  const file = files[0];
  if (!file) return undefined;
  const bytes = Buffer.from(await file.arrayBuffer());
  return bytes.length > limitBytes ? 'too_large' : { name: file.name, bytes };
}

async function readLimited(ctx: Context, limitBytes: number): Promise<Buffer | undefined> {
  if (Number(ctx.get('content-length')) > limitBytes * DRAINED) throw new Fault('body_too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes * DRAINED) throw new Fault('body_too_large');
    if (size <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > limitBytes ? undefined : Buffer.concat(chunks);
}
