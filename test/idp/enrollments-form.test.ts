import { spawnSync } from 'node:child_process';
import { inflateSync } from 'node:zlib';
import { recogniseScan } from '#idp/enrollments/scan-type.ts';
import { apply, createApplicant } from './enrollments-applicant.ts';
import { STATION, type World, openWorld } from './enrollments-world.ts';

let world: World;
let pdf: Buffer;
const NAME = '王堃喆';
const TITLE = '護理長‧兼任';

beforeAll(async () => {
  world = await openWorld();
  const applicant = createApplicant(world, 'zh-TW');
  Object.assign(applicant.person, { name: NAME, title: TITLE });
  const choice = {
    subsystem: 'mch',
    'mch.role': 'mch_manager',
    'mch.duty': 'health_station',
    'mch.menu.health_station': 'hs_card',
  };
  await apply(world, applicant, 'unit_manager', STATION, choice);
  await applicant.lookUp();
  const url = new URL('/enrollment-progress/form.pdf', world.base);
  const answer = await fetch(url, { headers: { cookie: applicant.jar.header(url) } });
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
  pdf = Buffer.from(await answer.arrayBuffer());
});
afterAll(() => world.close());

/** The streams of a PDF, inflated. */
function streamsOf(bytes: Buffer): string[] {
  const streams: string[] = [];
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at + 1)) {
    if (bytes.toString('latin1', at - 3, at) === 'end') continue;
    const end = bytes.indexOf('endstream', at);
    try {
      streams.push(inflateSync(bytes.subarray(at + 7, end)).toString('latin1'));
    } catch {
      continue; // not a compressed one
    }
  }
  return streams;
}

/** The text as a reader copies it: what was shown, through the font's own map to characters. */
function readBack(bytes: Buffer): string {
  const streams = streamsOf(bytes);
  const map = streams.find((stream) => stream.includes('begincmap')) ?? '';
  const characters = new Map<number, string>();
  for (const [, first = '', list = ''] of map.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    for (const [at, [, hex = '']] of [...list.matchAll(/<([0-9a-f ]+)>/gi)].entries()) {
      const text = Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le');
      characters.set(Number.parseInt(first, 16) + at, text);
    }
  }
  const shown = streams.filter((stream) => stream.includes(' Tf')).join('\n');
  return [...shown.matchAll(/<([0-9a-f]+)>/gi)]
    .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
    .map((code) => characters.get(Number.parseInt(code, 16)) ?? '')
    .join('');
}

const expected = [
  '管理者帳號申請表',
  '單位關防',
  `${STATION}-示範衛生所`,
  NAME,
  TITLE.replace('‧', '·'),
  '02-12345678#1234',
  '婦幼健康管理整合系統',
  '請列印本表、簽名並加蓋單位關防',
];

test('P-15: the form is one page with an embedded, subset font, and small', () => {
  const text = pdf.toString('latin1');
  expect(text).toMatch(/\/BaseFont \/[A-Z]{6}\+ChocolateClassicalSans/);
  expect(text).toContain('/FontFile2');
  expect(text.match(/\/Type \/Page\b/g)).toHaveLength(1);
  expect(pdf.length).toBeLessThan(200_000);
  expect(recogniseScan(pdf)?.ending).toBe('pdf');
});

test('P-15: the same characters read back, and the ID number is masked', () => {
  const text = readBack(pdf);
  for (const words of expected) expect(text).toContain(words);
  expect(text).toMatch(/D200\*\*\*\d{3}/);
  expect(text).not.toMatch(/D2\d{8}/);
});

const poppler = spawnSync('pdftotext', ['-v']).error === undefined;

(poppler ? test : test.skip)('P-15: pdftotext reads the same', () => {
  const { stdout } = spawnSync('pdftotext', ['-layout', '-', '-'], { input: pdf });
  const text = stdout.toString('utf8').normalize('NFC');
  for (const words of expected) expect(text).toContain(words);
});
