/** The pages of a scanned form as pictures that a page may show: no viewer, no plug-in, nothing that acts. */

const MOST = 6;
/** A scanner writes a few streams a page; a file with more is not worth the time. */
const LOOKED_AT = 2000;
const JPEG_HEAD = Buffer.from('ffd8ff', 'hex');

export interface ScanPicture {
  mediaType: 'image/jpeg' | 'image/png';
  bytes: Buffer;
}

/** A picture is its own page; of a PDF, the whole JPEG pictures that scanners put one a page into it. */
export function picturesOf(scan: { mediaType: string; bytes: Buffer }): ScanPicture[] {
  const { mediaType, bytes } = scan;
  if (mediaType === 'image/jpeg' || mediaType === 'image/png') return [{ mediaType, bytes }];
  return mediaType === 'application/pdf' ? jpegsOf(bytes) : [];
}

/** Streams that are JPEG files as they stand: their only filter is DCTDecode. */
function jpegsOf(pdf: Buffer): ScanPicture[] {
  const found: ScanPicture[] = [];
  const text = pdf.toString('latin1');
  for (
    let [at, looks] = [text.indexOf('stream'), 0];
    at !== -1 && found.length < MOST && looks < LOOKED_AT;
    at = text.indexOf('stream', at + 6), looks += 1
  ) {
    if (text.startsWith('end', at - 3)) continue;
    const start = at + (text.startsWith('stream\r\n', at) ? 8 : 7);
    if (!pdf.subarray(start, start + 3).equals(JPEG_HEAD)) continue;
    const head = text.slice(Math.max(0, at - 1000), at);
    const dictionary = head.slice(head.lastIndexOf(' obj'));
    if (!/\/DCTDecode/.test(dictionary) || /\/(Flate|LZW|ASCII85|ASCIIHex|RunLength)Decode/.test(dictionary))
      continue;
    const end = text.indexOf('endstream', start);
    if (end === -1) break;
    found.push({ mediaType: 'image/jpeg', bytes: pdf.subarray(start, end) });
    at = end;
  }
  return found;
}
