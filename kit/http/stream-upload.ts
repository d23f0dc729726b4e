import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { Fault } from '../errors.ts';
import { allowSlowBody } from './body-deadline.ts';
import type { Context } from './context.ts';

export interface IncomingFile {
  /** As the browser named it: anything may stand here. */
  name: string;
  bytes: AsyncIterable<Buffer>;
  /** Whether it went on beyond the limit and was cut there; known once all was read. */
  isCut(): boolean;
}

/** So much more is still read and thrown away, so that the browser hears the answer instead of a broken line. */
const DRAINED = 2;

/**
 * Hands the file of a multipart form to `take` while it still comes in, as fast as `take` reads it.
 * @returns what `take` makes of it; undefined when the field holds none
 * @throws Fault unsupported_media_type, bad_request (not a form, or broken off), body_too_large (far over the limit)
 */
export async function streamUpload<T>(
  ctx: Context,
  field: string,
  limitBytes: number,
  take: (file: IncomingFile) => Promise<T>,
): Promise<T | undefined> {
  if (!ctx.is('multipart/form-data')) throw new Fault('unsupported_media_type');
  if (Number(ctx.get('content-length')) > limitBytes * DRAINED) throw new Fault('body_too_large');
  allowSlowBody(ctx.req);
  const form = openForm(ctx.req.headers as BusboyHeaders, limitBytes);
  let taken: Promise<T> | undefined;
  let stream: (Readable & { truncated: boolean }) | undefined;
  form.on('file', (name: string, file: BusboyFileStream, fileName: string) => {
    file.on('error', () => {}); // a part that breaks off: the whole form says so too
    const isOurs = name === field && taken === undefined && fileName !== '';
    if (!isOurs) return void file.resume();
    stream = file;
    taken = take({ name: fileName, bytes: file, isCut: () => file.truncated });
    // whatever is not wanted any more still has to come in
    void taken.then(
      () => file.resume(),
      () => file.resume(),
    );
  });
  try {
    await pipeline(ctx.req, form);
  } catch (error) {
    stream?.destroy(error as Error);
    await taken?.catch(() => undefined);
    throw new Fault('bad_request', {}, error);
  }
  return taken;
}

function openForm(headers: BusboyHeaders, limitBytes: number): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers,
      limits: { files: 1, fields: 10, fieldSize: 4096, parts: 12, fileSize: limitBytes },
    });
  } catch (error) {
    throw new Fault('bad_request', {}, error);
  }
}
