import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { Locale } from '#kit/http/locale.ts';

const FONT = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/chocolate-classical-sans/400Regular/ChocolateClassicalSans_400Regular.ttf',
);
const MARGIN = 50;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - MARGIN;
const LABEL = 150;
const PAD = 5;

export interface PaperFact {
  label: string;
  text: string;
}

/** A record as it stands on paper. */
export interface RecordPaper {
  locale: Locale;
  title: string;
  /** Above and below each page: the unit, who printed it and when. */
  unit: string;
  printed: string;
  at: Date;
  lines: string[];
  parts: { label: string; facts: PaperFact[] }[];
  /** `page` of `pages` in words. */
  pageOf: (page: number, pages: number) => string;
}

type Doc = PDFKit.PDFDocument;

/**
 * A record on A4 pages, in an embedded subset of an open font: title and language told, headings and texts tagged in
 * their order, so that it can be read aloud. The same record printed at the same moment is the same file.
 */
export async function drawRecord(paper: RecordPaper): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    tagged: true,
    pdfVersion: '1.7',
    lang: paper.locale === 'en' ? 'en' : 'zh-Hant-TW',
    displayTitle: true,
    info: { Title: paper.title, Author: paper.unit, CreationDate: paper.at, ModDate: paper.at },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<void>((resolve, reject) => doc.on('end', resolve).on('error', reject));
  doc.registerFont('paper', FONT).font('paper');
  doc.y = MARGIN + 24;
  tagged(doc, 'H1', () => doc.fontSize(16).text(drawable(paper.title), MARGIN, doc.y, { width: WIDTH }));
  for (const line of paper.lines) {
    tagged(doc, 'P', () => doc.fontSize(10).text(drawable(line), MARGIN, doc.y + 2, { width: WIDTH }));
  }
  for (const { label, facts } of paper.parts) {
    room(doc, 60);
    tagged(doc, 'H2', () => doc.fontSize(12).text(drawable(label), MARGIN, doc.y + 14, { width: WIDTH }));
    doc.y += 4;
    for (const fact of facts) drawFact(doc, fact);
  }
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page += 1) frame(doc, paper, page, count);
  doc.end();
  await finished;
  return Buffer.concat(chunks);
}

function tagged(doc: Doc, tag: string, draw: () => void): void {
  doc.addStructure(doc.struct(tag, {}, draw));
}

function drawFact(doc: Doc, { label, text }: PaperFact): void {
  const shown = drawable(text);
  doc.fontSize(10);
  const height =
    Math.max(
      doc.heightOfString(drawable(label), { width: LABEL - 2 * PAD }),
      doc.heightOfString(shown, { width: WIDTH - LABEL - 2 * PAD }),
    ) +
    2 * PAD;
  room(doc, Math.min(height, BOTTOM - MARGIN - 40));
  const top = doc.y;
  tagged(doc, 'P', () => {
    doc.text(drawable(label), MARGIN + PAD, top + PAD, { width: LABEL - 2 * PAD });
    doc.text(shown, MARGIN + LABEL + PAD, top + PAD, { width: WIDTH - LABEL - 2 * PAD });
  });
  // a long text goes on over pages by itself; a line is drawn where it ended
  const end = Math.max(doc.y, doc.y >= top ? top + height - PAD : doc.y) + PAD;
  doc
    .markContent('Artifact')
    .moveTo(MARGIN, end)
    .lineTo(MARGIN + WIDTH, end)
    .lineWidth(0.5)
    .stroke('#999')
    .fillColor('#000');
  doc.endMarkedContent();
  doc.y = end;
}

/** A new page where there is no room left on this one. */
function room(doc: Doc, height: number): void {
  if (doc.y + height > BOTTOM - 24) {
    doc.addPage();
    doc.y = MARGIN + 24;
  }
}

function frame(doc: Doc, { unit, printed, pageOf }: RecordPaper, page: number, pages: number): void {
  doc.switchToPage(page);
  doc.markContent('Artifact');
  // what stands outside the margins would begin a page of its own
  doc.page.margins = { ...doc.page.margins, top: 0, bottom: 0 };
  doc.fontSize(8).fillColor('#444');
  doc.text(drawable(unit), MARGIN, 30, { width: WIDTH, lineBreak: false });
  doc.text(drawable(printed), MARGIN, 812, { width: WIDTH, lineBreak: false });
  doc.text(pageOf(page + 1, pages), MARGIN, 812, { width: WIDTH, align: 'right', lineBreak: false });
  doc.endMarkedContent();
}

/** The font has one of the dots that part a name; the others look the same. */
const drawable = (text: string): string => text.replaceAll(/[\u2027\u30FB]/g, '\u00B7');
