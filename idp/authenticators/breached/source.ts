import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '#kit/errors.ts';

const CHUNK_BYTES = 1 << 20;
const SAMPLE_BYTES = 1 << 16;
const NEWLINE = 10;
const RANGE_FILE = /^([\dA-Fa-f]{5})(\.txt)?$/;

/** Whole lines of hashes without their leading digits `prefix`, and where to go on after them. */
export interface Piece {
  lines: Buffer;
  prefix: string;
  position: number;
  /** What the lines are of, to say where a fault is. */
  name: string;
}

/** A list of hashes: one file of lines `SHA1:COUNT`, a file of one range, or a folder of these. */
export interface HashSource {
  /** The same for the same list. */
  id: Buffer;
  /** The last position. */
  size: number;
  read(from: number): AsyncGenerator<Piece>;
}

/** @throws ConfigurationError when there is no such list */
export async function openHashSource(place: string): Promise<HashSource> {
  const facts = await stat(place).catch((error: unknown) => {
    throw new ConfigurationError(`${place} cannot be read`, { cause: error });
  });
  return facts.isDirectory() ? openFolder(place) : openFile(place, facts.size);
}

async function openFile(place: string, size: number): Promise<HashSource> {
  const file = await open(place);
  const sample = Buffer.alloc(2 * SAMPLE_BYTES);
  try {
    await file.read(sample, 0, SAMPLE_BYTES, 0);
    await file.read(sample, SAMPLE_BYTES, SAMPLE_BYTES, Math.max(0, size - SAMPLE_BYTES));
  } finally {
    await file.close();
  }
  const name = path.basename(place);
  const prefix = isRange(sample) ? (RANGE_FILE.exec(name)?.[1] ?? '') : '';
  return {
    id: createHash('sha256').update(`${size}:${prefix}:`).update(sample).digest(),
    size,
    async *read(from) {
      const reading = await open(place);
      try {
        yield* readLines(reading, from, { prefix, name });
      } finally {
        await reading.close();
      }
    },
  };
}

/** A range's file may be named like its prefix by chance: its lines must lack those digits too. */
function isRange(sample: Buffer): boolean {
  return /^[\dA-Fa-f]{35}(:|\r?\n|\0)/.test(sample.subarray(0, 64).toString('latin1'));
}

async function* readLines(
  file: FileHandle,
  from: number,
  named: { prefix: string; name: string },
): AsyncGenerator<Piece> {
  let position = from;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    const isLast = bytesRead < CHUNK_BYTES;
    const end = isLast ? bytesRead : chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) throw new ConfigurationError(`${named.name} does not consist of lines`);
    position += end;
    yield { lines: chunk.subarray(0, end), position, ...named };
  }
}

async function openFolder(place: string): Promise<HashSource> {
  const names = (await readdir(place)).filter((name) => RANGE_FILE.test(name)).sort();
  if (names.length === 0)
    throw new ConfigurationError(`${place} holds no file named like 0A1B2 or 0A1B2.txt`);
  return {
    id: createHash('sha256')
      .update(`${path.resolve(place)}:${names.join(',')}`)
      .digest(),
    size: names.length,
    async *read(from) {
      for (const [index, name] of names.entries()) {
        if (index < from) continue;
        const lines = await readFile(path.join(place, name));
        yield { lines, prefix: RANGE_FILE.exec(name)?.[1] ?? '', position: index + 1, name };
      }
    },
  };
}
