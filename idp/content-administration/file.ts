import { createHash } from 'node:crypto';
import { recogniseFile, safeFileName } from '#kit/file-type.ts';
import type { StoredFile } from '#kit/http/attachment.ts';
import type { UploadedFile } from '#kit/http/upload.ts';

export const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** The file ready to be kept, or the locale key of what is wrong with it. */
export function takeFile(file: UploadedFile | 'too_large' | undefined): StoredFile | string | undefined {
  if (file === undefined) return undefined;
  if (file === 'too_large') return 'console-content.fault-file-large';
  const name = safeFileName(file.name);
  const mediaType = recogniseFile(name, file.bytes);
  if (mediaType === undefined) return 'console-content.fault-file-kind';
  return { name, mediaType, content: file.bytes, sha256: createHash('sha256').update(file.bytes).digest() };
}
