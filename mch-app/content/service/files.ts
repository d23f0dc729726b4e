import { createHash } from 'node:crypto';
import type { Trx } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { recogniseFile, safeFileName } from '#kit/file-type.ts';
import type { StoredFile } from '#kit/http/attachment.ts';
import type { UploadedFile } from '#kit/http/upload.ts';
import { MOST_FILES, mayRemoveFile } from '../policy.ts';
import { deleteFile, findEntry, insertFile, updateEntry } from '../store/edit.ts';
import type { Entry } from '../types.ts';
import { assertEditable } from './editable.ts';
import { type By, type ContentDeps, record } from './save.ts';

export type FileOutcome = 'done' | 'file-kind' | 'file-large' | 'file-none' | 'file-many' | 'file-last';

/** Adds a file to an entry, looked at for what it is; the same file twice is one. @throws Fault as `endEntry` */
export async function addFile(
  deps: ContentDeps,
  by: By,
  id: string,
  uploaded: UploadedFile,
): Promise<FileOutcome> {
  const file = fileOf(uploaded);
  if (!file) return 'file-kind';
  return changeFiles(deps, by, id, 'file_added', async (trx, { files }) => {
    if (files.length >= MOST_FILES) return 'file-many';
    return (await insertFile(trx, id, file)) ? 'done' : undefined;
  });
}

/** Takes a file away from an entry as its editor saw it. @throws Fault as `endEntry`, conflict when it has changed */
export async function removeFile(
  deps: ContentDeps,
  by: By,
  { id, version }: Pick<Entry, 'id' | 'version'>,
  fileId: string,
): Promise<FileOutcome> {
  return changeFiles(deps, by, id, 'file_removed', async (trx, entry) => {
    if (!entry.files.some((file) => file.id === fileId)) return undefined;
    if (entry.version !== version) throw new Fault('conflict');
    if (!mayRemoveFile(entry)) return 'file-last';
    return (await deleteFile(trx, id, fileId)) ? 'done' : undefined;
  });
}

/** @param change undefined when it was so already: nothing is recorded */
async function changeFiles(
  deps: ContentDeps,
  by: By,
  id: string,
  word: string,
  change: (trx: Trx, entry: Entry) => Promise<FileOutcome | undefined>,
): Promise<FileOutcome> {
  return transact(deps.db, async (trx) => {
    const entry = await findEntry(trx, id, { lock: true });
    if (!entry) throw new Fault('not_found');
    assertEditable(by.editor, entry);
    const outcome = await change(trx, entry);
    if (outcome === 'done') {
      await updateEntry(trx, id, { updated_at: deps.clock() });
      await record(trx, by, word, entry);
    }
    return outcome ?? 'done';
  });
}

/** The file ready to be kept; undefined when it is of no kind we keep, or not what its name says. */
export function fileOf({ name: given, bytes }: UploadedFile): StoredFile | undefined {
  const name = safeFileName(given);
  const mediaType = recogniseFile(name, bytes);
  const sha256 = createHash('sha256').update(bytes).digest();
  return mediaType === undefined ? undefined : { name, mediaType, sha256, content: bytes };
}
