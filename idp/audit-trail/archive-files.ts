import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { randomToken } from '#kit/random.ts';

const NAME = /^audit-(\d{12})-(\d{12})-([0-9a-f]{16})\.jsonl$/;

/** A file of the archive: the seals it holds, and how the last one's hash begins. */
export interface ArchiveFile {
  name: string;
  from: number;
  to: number;
  hash: string;
}

/** The files of an archive in their order. */
export async function listArchive(directory: string): Promise<ArchiveFile[]> {
  await mkdir(directory, { recursive: true });
  return (await readdir(directory)).toSorted().flatMap((name) => {
    const [, from, to, hash = ''] = NAME.exec(name) ?? [];
    return from === undefined ? [] : [{ name, from: Number(from), to: Number(to), hash }];
  });
}

/** Writes a file whole and to the disk, or not at all: whoever copies the directory never sees half of one. */
export async function writeArchiveFile(
  directory: string,
  { from, to, hash }: Omit<ArchiveFile, 'name'>,
  lines: object[],
): Promise<void> {
  const number = (value: number): string => String(value).padStart(12, '0');
  const name = path.join(directory, `audit-${number(from)}-${number(to)}-${hash}.jsonl`);
  const unfinished = `${name}.${randomToken(6)}`;
  try {
    const file = await open(unfinished, 'wx', 0o640);
    try {
      await file.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, name);
  } catch (error) {
    await rm(unfinished, { force: true }); // the disk is full
    throw error;
  }
}
