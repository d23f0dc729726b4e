const ZIP = Buffer.from('PK\u0003\u0004');

interface FileType {
  mediaType: string;
  /** Whether the bytes are what the ending says. */
  fits(bytes: Buffer): boolean;
}

const startsWith =
  (...heads: (string | Buffer)[]) =>
  (bytes: Buffer): boolean =>
    heads.some((head) => bytes.subarray(0, head.length).equals(Buffer.from(head as Buffer)));

const zipWith =
  (mark: string) =>
  (bytes: Buffer): boolean =>
    startsWith(ZIP)(bytes) && bytes.includes(mark);

const isText = (bytes: Buffer): boolean => {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

const openDocument = (mediaType: string): FileType => ({ mediaType, fits: zipWith(`mimetype${mediaType}`) });
const officeDocument = (kind: string, folder: string): FileType => ({
  mediaType: `application/vnd.openxmlformats-officedocument.${kind}`,
  fits: zipWith(folder),
});

/** The kinds of file that are kept for people to download, by their ending. Nothing a browser would run. */
const TYPES: Record<string, FileType> = {
  pdf: { mediaType: 'application/pdf', fits: startsWith('%PDF-') },
  odt: openDocument('application/vnd.oasis.opendocument.text'),
  ods: openDocument('application/vnd.oasis.opendocument.spreadsheet'),
  odp: openDocument('application/vnd.oasis.opendocument.presentation'),
  docx: officeDocument('wordprocessingml.document', 'word/'),
  xlsx: officeDocument('spreadsheetml.sheet', 'xl/'),
  pptx: officeDocument('presentationml.presentation', 'ppt/'),
  png: { mediaType: 'image/png', fits: startsWith(Buffer.from([0x89, 0x50, 0x4e, 0x47])) },
  jpg: { mediaType: 'image/jpeg', fits: startsWith(Buffer.from([0xff, 0xd8, 0xff])) },
  csv: { mediaType: 'text/csv; charset=utf-8', fits: isText },
  txt: { mediaType: 'text/plain; charset=utf-8', fits: isText },
};

/**
 * The media type of a file whose bytes are what its name says.
 * @returns undefined for a kind that is not kept, an empty file, or one that is something else than it says
 */
export function recogniseFile(name: string, bytes: Buffer): string | undefined {
  const type = TYPES[/\.([a-z]{3,4})$/i.exec(name)?.[1]?.toLowerCase() ?? ''];
  return bytes.length > 0 && type?.fits(bytes) ? type.mediaType : undefined;
}

/** A title as the name of a file: what would be read as a folder, or is not allowed on some system, is a dash. */
export const fileNameOf = (title: string): string => title.replaceAll(/[\\/:*?"<>|]/g, '-');

/** The name without folders, control or direction characters; at most 150 characters, its ending kept. */
export function safeFileName(name: string): string {
  const plain = (name.split(/[/\\]/).at(-1) ?? '').replace(/[\p{C}"<>:|?*]/gu, '').trim();
  const ending = /\.\w{1,8}$/.exec(plain)?.[0] ?? '';
  const stem = plain.slice(0, plain.length - ending.length).replace(/^\.+/, '');
  return `${/^.{1,120}/su.exec(stem)?.[0] ?? 'file'}${ending}`;
}
