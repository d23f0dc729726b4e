/** What a scanned form may be, recognised by its content alone; the name a browser sends proves nothing. */

export const MAX_SCAN_BYTES = 10 * 1024 * 1024;
const MAX_SIDE = 20_000;

export interface ScanType {
  mediaType: 'application/pdf' | 'image/jpeg' | 'image/png';
  ending: 'pdf' | 'jpg' | 'png';
}

const PNG_HEAD = Buffer.from('89504e470d0a1a0a', 'hex');
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

/**
 * The type of a whole PDF, JPEG or PNG file. Refused with undefined: anything else, a file that is two at once (its
 * own beginning and end must be the file's), a picture with sides no scanner makes, a PDF that acts.
 */
export function recogniseScan(bytes: Buffer): ScanType | undefined {
  if (bytes.length === 0 || bytes.length > MAX_SCAN_BYTES) return undefined;
  if (isPng(bytes)) return { mediaType: 'image/png', ending: 'png' };
  if (isJpeg(bytes)) return { mediaType: 'image/jpeg', ending: 'jpg' };
  return isQuietPdf(bytes) ? { mediaType: 'application/pdf', ending: 'pdf' } : undefined;
}

function isPng(bytes: Buffer): boolean {
  return (
    bytes.length > 45 &&
    bytes.subarray(0, 8).equals(PNG_HEAD) &&
    bytes.toString('latin1', 12, 16) === 'IHDR' &&
    isScannable(bytes.readUInt32BE(16), bytes.readUInt32BE(20)) &&
    bytes.subarray(-12).equals(PNG_END)
  );
}

/** Start of image, segments up to a frame header, end of image; some scanners pad with zeros. */
function isJpeg(bytes: Buffer): boolean {
  if (bytes.length < 20 || bytes.readUInt16BE(0) !== 0xffd8) return false;
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end -= 1;
  if (bytes.readUInt16BE(end - 2) !== 0xffd9) return false;
  let at = 2;
  while (at + 9 < end) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return isScannable(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return false;
}

function isScannable(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;
}

function isQuietPdf(bytes: Buffer): boolean {
  if (!/^%PDF-[12]\.\d/.test(bytes.toString('latin1', 0, 8))) return false;
  if (!/%%EOF[\s\0]*$/.test(bytes.toString('latin1', Math.max(0, bytes.length - 1024)))) return false;
  const acts = ['/JavaScript', '/JS', '/Launch', '/EmbeddedFile', '/RichMedia', '/XFA'];
  return !acts.some((mark) => new RegExp(`${mark}(?![A-Za-z])`).test(bytes.toString('latin1')));
}
