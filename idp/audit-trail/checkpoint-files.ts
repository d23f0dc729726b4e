import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomToken } from '#kit/random.ts';

const NAME = /^checkpoint-(\d{12})\.jws$/;

/** The checkpoints in a directory, by their numbers; none when it is not there. */
export async function listCheckpointFiles(directory: string): Promise<{ seal: number; jws: string }[]> {
  await mkdir(directory, { recursive: true });
  const names = (await readdir(directory)).filter((name) => NAME.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => ({
      seal: Number(NAME.exec(name)?.[1]),
      jws: (await readFile(path.join(directory, name), 'utf8')).trim(),
    })),
  );
}

/** Writes one whole or not at all: whoever copies the directory never sees half a file. */
export async function writeCheckpoint(directory: string, seal: number, jws: string): Promise<void> {
  const name = path.join(directory, `checkpoint-${String(seal).padStart(12, '0')}.jws`);
  const unfinished = `${name}.${randomToken(6)}`;
  try {
    await writeFile(unfinished, `${jws}\n`);
    await rename(unfinished, name);
  } catch (error) {
    await rm(unfinished, { force: true }); // the disk is full
    throw error;
  }
}
