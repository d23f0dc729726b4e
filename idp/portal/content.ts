import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { recogniseFile, safeFileName } from '#kit/file-type.ts';
import type { StoredFile } from '#kit/http/attachment.ts';
import {
  type AnnouncementDraft,
  announcementDraft,
  publicationOf,
  saveAnnouncement,
} from '../announcements/index.ts';
import { recordAudit } from '../audit/index.ts';
import {
  downloadDraft,
  guideDraft,
  linkDraft,
  questionDraft,
  saveDownload,
  saveHelpEntry,
} from '../help-pages/index.ts';
import { noticeDraft, saveNotice, saveWindow, windowDraft } from '../service-status/index.ts';
import { listSubsystemCodes } from './store.ts';

const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** Everything an editor can say, in one file; entries are known by their slugs. */
const contentFile = z.strictObject({
  announcements: z.array(announcementDraft).default([]),
  questions: z.array(questionDraft).default([]),
  guides: z.array(guideDraft).default([]),
  links: z.array(linkDraft).default([]),
  downloads: z.array(downloadDraft).default([]),
  notices: z.array(noticeDraft).default([]),
  windows: z.array(windowDraft).default([]),
});
type Content = z.infer<typeof contentFile>;

/** Reads a file the content names. @throws Error when it cannot */
type ReadFile = (path: string) => Buffer;

/**
 * Writes the content of one JSON file, new or in place of what had the same slugs, in one transaction.
 * @returns a sentence that says what was written
 * @throws ConfigurationError naming every fault; then nothing is written
 */
export async function importContent(db: Db, now: Date, text: string, readFile: ReadFile): Promise<string> {
  const content = parse(text);
  const files = new Map<string, StoredFile>();
  const faults = [
    ...unknownSystems(content, await listSubsystemCodes(db)),
    ...[
      ...content.announcements.flatMap(({ attachments }) => attachments),
      ...content.downloads.map(({ file }) => file),
    ]
      .map((path) => takeFile(files, path, readFile))
      .filter((fault) => fault !== ''),
  ];
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  const fileOf = (path: string): StoredFile => files.get(path) as StoredFile;

  const counts = Object.fromEntries(Object.entries(content).map(([kind, list]) => [kind, list.length]));
  await transact(db, async (trx) => {
    for (const draft of content.announcements) {
      await saveAnnouncement(trx, draft, draft.attachments.map(fileOf), now);
    }
    for (const draft of content.questions) await saveHelpEntry(trx, 'question', draft, now);
    for (const draft of content.guides) await saveHelpEntry(trx, 'guide', draft, now);
    for (const draft of content.links) await saveHelpEntry(trx, 'link', draft, now);
    for (const draft of content.downloads) await saveDownload(trx, draft, fileOf(draft.file), now);
    for (const draft of content.notices) await saveNotice(trx, draft);
    for (const draft of content.windows) await saveWindow(trx, draft);
    await recordAudit(trx, { type: 'content.imported', details: counts });
  });
  return describe(content, counts, now);
}

function parse(text: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`not JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = contentFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ConfigurationError(faults.join('\n'));
}

function unknownSystems({ announcements, windows }: Content, known: string[]): string[] {
  return [...announcements, ...windows]
    .filter(({ system }) => system !== undefined && !known.includes(system))
    .map(({ slug, system }) => `${slug}: there is no subsystem ${system}`);
}

/** @returns what is wrong with the file, '' when it was taken */
function takeFile(files: Map<string, StoredFile>, path: string, readFile: ReadFile): string {
  let content: Buffer;
  try {
    content = readFile(path);
  } catch {
    return `${path} cannot be read`;
  }
  const name = safeFileName(path);
  const mediaType = recogniseFile(name, content);
  if (mediaType === undefined)
    return `${path} is not a file of a kind that is kept, or not what its name says`;
  if (content.length > MAX_FILE_BYTES) return `${path} is larger than 20 MB`;
  files.set(path, { name, mediaType, content, sha256: createHash('sha256').update(content).digest() });
  return '';
}

function describe(content: Content, counts: Record<string, number>, now: Date): string {
  const states = content.announcements.map((draft) => publicationOf(factsOf(draft), now));
  const published = states.filter((state) => state === 'published').length;
  const parts = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  return `wrote ${parts.join(', ')}; ${published} of the announcements are published now`;
}

function factsOf({ state, publishFrom, publishUntil }: AnnouncementDraft) {
  return { state, publishFrom, publishUntil };
}
