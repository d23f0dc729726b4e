import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { Locale } from '#kit/http/locale.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';

const FONT = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/chocolate-classical-sans/400Regular/ChocolateClassicalSans_400Regular.ttf',
);
const MARGIN = 56;
const WIDTH = 595.28 - 2 * MARGIN;
const LABEL_WIDTH = 150;

/** What stands on the form. */
export interface PaperForm {
  number: string;
  submittedAt: Date;
  unit: string;
  loginName: string;
  name: string;
  title: string;
  /** Masked: the reviewer has the number, the paper need not. */
  maskedNationalId: string;
  phone: string;
  mobile: string;
  email: string;
  systems: string[];
}

const ROWS = ['unit', 'login', 'name', 'job', 'id', 'phone', 'mobile', 'email', 'systems'] as const;

/** The application of a unit's manager on one A4 page, in Chinese with English below, to be signed and sealed. */
export async function drawForm(form: PaperForm): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', margin: MARGIN, lang: 'zh-TW', displayTitle: true });
  const both = (key: string): [string, string] => [text('zh-TW', key), text('en', key)];
  doc.info.Title = text('zh-TW', 'title');
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<void>((resolve, reject) => doc.on('end', resolve).on('error', reject));
  doc.registerFont('form', FONT).font('form');

  const [system, systemEn] = both('system');
  const [title, titleEn] = both('title');
  doc.fontSize(10).fillColor('#444').text(system, { align: 'center' });
  doc.fontSize(7).text(systemEn, { align: 'center' });
  doc.moveDown(0.5).fontSize(20).fillColor('#000').text(title, { align: 'center' });
  doc.fontSize(9).fillColor('#444').text(titleEn, { align: 'center' }).moveDown(0.8);
  const submitted = formatDateTime('zh-TW', form.submittedAt);
  doc
    .fontSize(9)
    .text(`${text('zh-TW', 'number')} ${form.number}    ${text('zh-TW', 'submitted')} ${submitted}`);
  doc.moveDown(0.5);

  const values: Record<(typeof ROWS)[number], string> = {
    unit: form.unit,
    login: form.loginName,
    name: form.name,
    job: form.title,
    id: form.maskedNationalId,
    phone: form.phone,
    mobile: form.mobile || '—',
    email: form.email,
    systems: form.systems.join(', ') || '—',
  };
  for (const row of ROWS) drawRow(doc, both(row), drawable(values[row]));

  const [declaration, declarationEn] = both('declaration');
  doc
    .moveDown(1)
    .fontSize(11)
    .fillColor('#000')
    .text(declaration, MARGIN, doc.y, { width: WIDTH, lineGap: 3 });
  doc.fontSize(8).fillColor('#444').text(declarationEn, { width: WIDTH }).moveDown(1);
  drawBoxes(doc, [both('signature'), both('head'), both('seal')]);
  doc
    .fontSize(11)
    .fillColor('#000')
    .text(text('zh-TW', 'date'), MARGIN, doc.y + 12, { width: WIDTH, align: 'center' });
  const [steps, stepsEn] = both('steps');
  doc.moveDown(1).fontSize(9).fillColor('#444').text(steps, { width: WIDTH });
  doc.fontSize(7).text(stepsEn, { width: WIDTH });
  doc.end();
  await finished;
  return Buffer.concat(chunks);
}

function text(locale: Locale, key: string): string {
  return translate(locale, `enrollment-form.${key}`);
}

/** The font has one of the dots that part a name; the others look the same. */
function drawable(value: string): string {
  return value.replaceAll(/[\u2027\u30FB]/g, '\u00B7');
}

function drawRow(doc: PDFKit.PDFDocument, [label, labelEn]: [string, string], value: string): void {
  const top = doc.y;
  doc.fontSize(11).fillColor('#000');
  const height = Math.max(34, doc.heightOfString(value, { width: WIDTH - LABEL_WIDTH - 16 }) + 14);
  doc.rect(MARGIN, top, LABEL_WIDTH, height).fillAndStroke('#f1f4f4', '#888');
  doc.rect(MARGIN + LABEL_WIDTH, top, WIDTH - LABEL_WIDTH, height).stroke('#888');
  doc.fillColor('#000').text(label, MARGIN + 8, top + 5, { width: LABEL_WIDTH - 16 });
  doc
    .fontSize(7)
    .fillColor('#444')
    .text(labelEn, MARGIN + 8, top + 21, { width: LABEL_WIDTH - 16 });
  doc
    .fontSize(11)
    .fillColor('#000')
    .text(value, MARGIN + LABEL_WIDTH + 8, top + 8, { width: WIDTH - LABEL_WIDTH - 16 });
  doc.x = MARGIN;
  doc.y = top + height;
}

function drawBoxes(doc: PDFKit.PDFDocument, labels: [string, string][]): void {
  const top = doc.y;
  const width = WIDTH / labels.length;
  labels.forEach(([label, labelEn], at) => {
    const left = MARGIN + at * width;
    doc.rect(left, top, width, 110).stroke('#888');
    doc
      .fontSize(10)
      .fillColor('#000')
      .text(label, left + 8, top + 6, { width: width - 16 });
    doc
      .fontSize(7)
      .fillColor('#444')
      .text(labelEn, left + 8, top + 21, { width: width - 16 });
  });
  doc.x = MARGIN;
  doc.y = top + 110;
}
