import { type ClamdAddress, scanBytes } from '../clamd.ts';
import { Fault } from '../errors.ts';
import type { Context, Middleware } from './context.ts';

/**
 * Has every file that is brought looked at before anybody reads it. Without a scanner files are judged by their
 * content alone; with one, a file that could not be looked at is not taken.
 * @param record writes down that one was refused, and what was found
 */
export function scanUploads(
  scanner: ClamdAddress | undefined,
  record: (ctx: Context, signature: string) => Promise<void>,
): Middleware {
  return (ctx, next) => {
    if (scanner) ctx.state.scanUpload = (bytes) => scan(scanner, bytes, (found) => record(ctx, found));
    return next();
  };
}

/** @throws Fault file_infected, file_not_checked */
async function scan(
  scanner: ClamdAddress,
  bytes: Buffer,
  record: (signature: string) => Promise<void>,
): Promise<void> {
  const verdict = await scanBytes(scanner, bytes).catch((error: unknown) => {
    throw new Fault('file_not_checked', {}, error);
  });
  if (verdict.clean) return;
  await record(verdict.signature);
  throw new Fault('file_infected');
}
