import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { UnreadableTable } from './unreadable.ts';

const inflate = promisify(inflateRaw);
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

export interface ZipLimits {
  entries: number;
  /** Of all entries together, once unpacked. */
  bytes: number;
}

/**
 * The entries of a ZIP archive, unpacked within limits whatever its headers claim.
 * @throws UnreadableTable `broken`, `bomb` (more than the limits), `encrypted`
 */
export async function* unzip(
  archive: Buffer,
  limits: ZipLimits,
): AsyncGenerator<{ name: string; content: Buffer }> {
  let left = limits.bytes;
  for (const { name, method, from, size, length } of entriesOf(archive, limits.entries)) {
    if (length > left) throw new UnreadableTable('bomb');
    const packed = archive.subarray(from, from + size);
    const content = method === STORED ? packed : await unpack(packed, left);
    if (content.length !== length) throw new UnreadableTable('broken');
    left -= content.length;
    yield { name, content };
  }
}

async function unpack(packed: Buffer, most: number): Promise<Buffer> {
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new UnreadableTable(isTooLarge ? 'bomb' : 'broken', {}, error);
  }
}

interface Entry {
  name: string;
  method: number;
  from: number;
  size: number;
  length: number;
}

function entriesOf(archive: Buffer, most: number): Entry[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || end + 22 > archive.length || archive.readUInt32LE(end) !== END) {
    throw new UnreadableTable('broken');
  }
  const count = archive.readUInt16LE(end + 10);
  if (count > most) throw new UnreadableTable('bomb');
  const entries: Entry[] = [];
  try {
    let at = archive.readUInt32LE(end + 16);
    for (let seen = 0; seen < count; seen += 1) {
      const entry = entryAt(archive, at);
      entries.push(entry);
      at +=
        46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    }
  } catch (error) {
    if (error instanceof UnreadableTable) throw error;
    throw new UnreadableTable('broken', {}, error); // it points outside itself
  }
  return entries;
}

function entryAt(archive: Buffer, at: number): Entry {
  if (archive.readUInt32LE(at) !== ENTRY) throw new UnreadableTable('broken');
  if ((archive.readUInt16LE(at + 8) & 1) === 1) throw new UnreadableTable('encrypted');
  const method = archive.readUInt16LE(at + 10);
  if (method !== STORED && method !== DEFLATED) throw new UnreadableTable('broken');
  const name = archive.subarray(at + 46, at + 46 + archive.readUInt16LE(at + 28)).toString('utf8');
  const local = archive.readUInt32LE(at + 42);
  if (archive.readUInt32LE(local) !== LOCAL) throw new UnreadableTable('broken');
  const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const size = archive.readUInt32LE(at + 20);
  if (from + size > archive.length) throw new UnreadableTable('broken');
  return { name, method, from, size, length: archive.readUInt32LE(at + 24) };
}
