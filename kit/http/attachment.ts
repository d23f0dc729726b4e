import type { Context } from './context.ts';

export interface StoredFile {
  name: string;
  mediaType: string;
  sha256: Buffer;
  content: Buffer;
}

/** Sends stored bytes to be saved, never shown: whatever they are, they do nothing in our origin. */
export function sendAttachment(ctx: Context, file: StoredFile): void {
  ctx.attachment(file.name);
  ctx.set('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
  ctx.set('ETag', `"${file.sha256.toString('base64url')}"`);
  ctx.set('Content-Type', file.mediaType);
  ctx.body = file.content;
}
