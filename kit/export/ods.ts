import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

const MIME = 'application/vnd.oasis.opendocument.spreadsheet';
const NAMESPACE = 'urn:oasis:names:tc:opendocument:xmlns';
const HEAD = `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="${NAMESPACE}:office:1.0" xmlns:table="${NAMESPACE}:table:1.0" xmlns:text="${NAMESPACE}:text:1.0" office:version="1.3"><office:body><office:spreadsheet>`;
const FOOT = '</table:table></office:spreadsheet></office:body></office:document-content>';
const MANIFEST = `<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="${NAMESPACE}:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="${MIME}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`;
const CHUNK = 32 * 1024;

/** OpenDocument 1.3 spreadsheet of one sheet, all cells text, written row by row. */
export function odsStream(sheetName: string, rows: AsyncIterable<string[]>): Readable {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(MIME), 'mimetype', { compress: false }); // OpenDocument 1.3 part 2 §3.3: first and plain
  zip.addBuffer(Buffer.from(MANIFEST), 'META-INF/manifest.xml');
  const content = Readable.from(contentOf(sheetName, rows));
  content.on('error', (error) => (zip.outputStream as Readable).destroy(error));
  zip.addReadStream(content, 'content.xml');
  zip.end();
  return zip.outputStream as Readable;
}

async function* contentOf(sheetName: string, rows: AsyncIterable<string[]>): AsyncGenerator<Buffer> {
  let text = `${HEAD}<table:table table:name="${escapeXml(sheetName)}">`;
  for await (const row of rows) {
    const cells = row.map(
      (cell) =>
        `<table:table-cell office:value-type="string"><text:p>${escapeXml(cell)}</text:p></table:table-cell>`,
    );
    text += `<table:table-row>${cells.join('')}</table:table-row>`;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text + FOOT);
}

function escapeXml(text: string): string {
  if (!/[&<>"]/.test(text)) return text; // most cells: nothing is copied
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
