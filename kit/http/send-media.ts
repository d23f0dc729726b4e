import { Fault } from '../errors.ts';
import type { Context } from './context.ts';

/** Sends a captcha's picture or speech, never to be kept. @throws Fault not_found when there is none */
export function sendMedia(ctx: Context, type: 'image/png' | 'audio/wav', bytes: Buffer | undefined): void {
  if (!bytes) throw new Fault('not_found');
  ctx.type = type;
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Accept-Ranges', 'bytes');
  const range = byteRange(ctx.get('range'), bytes.length);
  if (range) {
    ctx.status = 206;
    ctx.set('Content-Range', `bytes ${range.first}-${range.last}/${bytes.length}`);
  }
  ctx.body = range ? bytes.subarray(range.first, range.last + 1) : bytes;
}

/** The one range of a request (RFC 9110 §14); some players refuse a server that ignores it. */
function byteRange(header: string, size: number): { first: number; last: number } | undefined {
  const asked = /^bytes=(\d{1,9})-(\d{0,9})$/.exec(header);
  if (!asked) return undefined;
  const first = Number(asked[1]);
  const last = asked[2] === '' ? size - 1 : Math.min(Number(asked[2]), size - 1);
  return first <= last ? { first, last } : undefined;
}
