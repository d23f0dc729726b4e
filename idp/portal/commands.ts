import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { importContent } from './content.ts';
import { hasAnnouncements } from './store.ts';

/**
 * `content import FILE`: what the portal tells people, from a JSON file; files it names stand beside it.
 * @throws ConfigurationError naming every fault; then nothing is written
 */
export async function runContentImport(db: Db, now: Date, file: string | undefined): Promise<string> {
  if (file === undefined) throw new ConfigurationError('name the file to import');
  const folder = path.dirname(path.resolve(file));
  const readBeside = (name: string): Buffer => {
    const wanted = path.resolve(folder, name);
    if (!wanted.startsWith(folder + path.sep)) throw new Error('outside the folder of the content file');
    return readFileSync(wanted);
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
  return importContent(db, now, text, readBeside);
}

/** The demo's content, unless there is any content already: then it is left as it is. */
export async function seedContent(db: Db, now: Date, file: string): Promise<void> {
  if (!(await hasAnnouncements(db))) await runContentImport(db, now, file);
}
