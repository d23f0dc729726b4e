import { Readable } from 'node:stream';
import type { Context } from './context.ts';

export interface StoredFile {
  name: string;
  mediaType: string;
  sha256: Buffer;
  content: Buffer;
}

/** What is said of stored bytes before any of them is read. */
export interface FileHead extends Omit<StoredFile, 'content'> {
  size: number;
}

/** Reads so many bytes from this place on; undefined when the file is no longer what it was. */
export type ReadSlice = (from: number, length: number) => Promise<Buffer | undefined>;

export const SLICE_BYTES = 256 * 1024;

/** Sends stored bytes to be saved, never shown: whatever they are, they do nothing in our origin. */
export function sendAttachment(ctx: Context, file: StoredFile): void {
  setHead(ctx, file);
  ctx.body = file.content;
}

/** As `sendAttachment`, slice by slice as they are taken: a slow reader holds a slice or two, not the file. */
export function streamAttachment(ctx: Context, file: FileHead, read: ReadSlice): void {
  setHead(ctx, file);
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.body = Readable.from(slicesOf(file.size, read));
  ctx.set('Content-Type', file.mediaType);
  ctx.length = file.size;
}

function setHead(ctx: Context, file: Omit<StoredFile, 'content'>): void {
  ctx.attachment(file.name);
  ctx.set('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
  ctx.set('ETag', `"${file.sha256.toString('base64url')}"`);
  ctx.set('Content-Type', file.mediaType);
}

/** The bytes in order, each slice read when the one before was taken. @throws Error when they are gone half way */
export async function* slicesOf(size: number, read: ReadSlice): AsyncGenerator<Buffer> {
  for (let from = 0; from < size;) {
    const slice = await read(from, SLICE_BYTES);
    if (!slice || slice.length === 0) throw new Error('a stored file changed while it was sent');
    yield slice;
    from += slice.length;
  }
}
