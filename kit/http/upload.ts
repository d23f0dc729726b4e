import { Fault } from '../errors.ts';
import type { Context } from './context.ts';
import { Form } from './form.ts';

export interface UploadedFile {
  /** As the browser named it: anything may stand here. */
  name: string;
  bytes: Buffer;
}

/** What surrounds a file in a form: boundaries, headers. */
const OVERHEAD_BYTES = 16 * 1024;
const MAX_PARTS = 30;
/** So much more is still read and thrown away, so that the browser hears the answer instead of a broken line. */
const DRAINED = 4;

/**
 * Reads the one file of a multipart form.
 * @returns undefined when the field holds none, `too_large` when it is over `limitBytes`
 * @throws Fault unsupported_media_type, bad_request (not a form), body_too_large (far over the limit), file_infected
 *   and file_not_checked where a scanner is set
 */
export async function readUpload(
  ctx: Context,
  field: string,
  limitBytes: number,
): Promise<UploadedFile | 'too_large' | undefined> {
  return (await readUploadForm(ctx, field, limitBytes)).file;
}

/**
 * Reads a multipart form of fields and one file. Of one that is too large the fields are lost as well.
 * @throws Fault as `readUpload`
 */
export async function readUploadForm(
  ctx: Context,
  field: string,
  limitBytes: number,
): Promise<{ file: UploadedFile | 'too_large' | undefined; form: Form }> {
  if (!ctx.is('multipart/form-data')) throw new Fault('unsupported_media_type');
  const body = await readLimited(ctx, limitBytes + OVERHEAD_BYTES);
  if (body === undefined) return { file: 'too_large', form: new Form(new URLSearchParams()) };
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': ctx.get('content-type') },
  })
    .formData()
    .catch((error: unknown) => {
      throw new Fault('bad_request', {}, error);
    });
  const parts = [...form];
  const files = form.getAll(field).filter((part) => typeof part !== 'string');
  if (parts.length > MAX_PARTS || files.length > 1) throw new Fault('bad_request');
  const fields = new URLSearchParams(
    parts.flatMap(([name, part]): [string, string][] => (typeof part === 'string' ? [[name, part]] : [])),
  );
  if ([...fields].some((pair) => pair.join('').includes('\0'))) throw new Fault('bad_request');
  const [file] = files;
  if (!file || file.size === 0) return { file: undefined, form: new Form(fields) };
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length > limitBytes) return { file: 'too_large', form: new Form(fields) };
  await ctx.state.scanUpload?.(bytes);
  return { file: { name: file.name, bytes }, form: new Form(fields) };
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
