import type { Unreadable } from './types.ts';

/** A file that is not taken, and where. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly reason: Unreadable;
  readonly details: Record<string, string | number>;

  constructor(reason: Unreadable, details: Record<string, string | number> = {}, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.details = details;
  }
}

export type Encoding = 'utf-8' | 'big5';

/** So much is read before it is decided what the bytes are. */
const HEAD_BYTES = 64 * 1024;

/**
 * The text of a file piece by piece: UTF-8 with or without byte order mark, else Big5, as older programs here write.
 * @param onEncoding told once which it is
 * @throws UnreadableFile when it is neither
 */
export async function* decodeText(
  chunks: AsyncIterable<Buffer>,
  onEncoding: (encoding: Encoding) => void,
): AsyncGenerator<string> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const decode = (bytes: Buffer | undefined, stream: boolean): string => {
    if (!decoder) {
      const encoding = encodingOf(bytes ?? Buffer.alloc(0));
      onEncoding(encoding);
      decoder = new TextDecoder(encoding, { fatal: true });
    }
    try {
      return decoder.decode(bytes, { stream });
    } catch (error) {
      throw new UnreadableFile('encoding', {}, error);
    }
  };
  for await (const chunk of chunks) {
    if (head) {
      head = Buffer.concat([head, chunk]);
      if (head.length < HEAD_BYTES) continue;
      yield decode(head, true);
      head = undefined;
    } else yield decode(chunk, true);
  }
  yield decode(head, false);
}

function encodingOf(head: Buffer): Encoding {
  if (head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return 'utf-8';
  if (head.includes(0)) throw new UnreadableFile('encoding'); // UTF-16, or no text at all
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    return 'big5';
  }
}
