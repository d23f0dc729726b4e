import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { formulaSafe } from '#kit/export/formula.ts';
import { AREAS } from '#mch/areas/index.ts';
import { createLabels } from '#mch/records/index.ts';
import { seedDemo } from '#mch/seed/index.ts';
import { translate } from '#templates/locales.ts';
import { DEMO_PEOPLE, demoPlaces, recordsDeps } from '../mch-app/support/demo.ts';
import { type Mch, startMch } from '../mch-app/support/mch.ts';
import { actingAs } from '../mch-app/support/people.ts';
import type { Visitor } from '../mch-app/support/visitor.ts';
import { decodeHtml } from '../support/html.ts';
import { needPackages } from './debian.ts';

/* Every list and report of the demonstration, taken away as Excel and as ODS, opened by LibreOffice. */

/** Names that a spreadsheet might take for something else, or lose something of. */
const NAMES = [
  '=HYPERLINK("http://x","按我")',
  '＝1+1',
  "'單引號",
  '王  小  明',
  '0012',
  '1e5',
  '2026-01-02',
  'TRUE',
  '"引號",逗號;分號',
  '<b>&amp;</b>',
  '𠮷野😀',
  'A\tB',
];
/** CSV of LibreOffice: commas, quotes around text, UTF-8. */
const CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false';

interface Taken {
  file: string;
  place: string;
  table: string[][];
}

let mch: Mch;
let folder: string;
beforeAll(async () => {
  needPackages('libreoffice-calc-nogui');
  folder = mkdtempSync(path.join(tmpdir(), 'spreadsheets-'));
  mch = await startMch();
  await seedDemo(recordsDeps(mch));
  const people = await mch.database.query<{ name: string }>(
    `select distinct p.name from patient p join record r on r.patient_id = p.id
     where r.kind = 'hearing-screening' order by p.name limit $1`,
    [NAMES.length],
  );
  for (const [at, { name }] of people.entries())
    await mch.database.query('update patient set name = $1 where name = $2', [NAMES[at], name]);
});
afterAll(async () => {
  await mch.stop();
  rmSync(folder, { recursive: true });
});

/** A page's table: its headings and then its rows. */
function tableOf(html: string): string[][] {
  return html
    .split('<tr')
    .slice(1)
    .map((row) =>
      [...row.matchAll(/<t[hd]\b[^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, inside = '']) =>
        decodeHtml(inside.replace(/<[^>]*>/g, '')).trim(),
      ),
    );
}

/** What all pages of a list say. */
async function readPages(visitor: Visitor, html: string): Promise<string[][]> {
  const table = tableOf(html);
  let next = html;
  for (;;) {
    const [, url] = /rel="next" href="([^"]+)"/.exec(next) ?? [];
    if (url === undefined) return table;
    next = (await visitor.go(decodeHtml(url))).text;
    table.push(...tableOf(next).slice(1));
  }
}

async function take(visitor: Visitor, place: string, file: string): Promise<Taken[]> {
  const page = await visitor.go(place);
  const links = [...page.text.matchAll(/href="([^"]+)" download/g)].map(([, url = '']) => decodeHtml(url));
  if (page.status !== 200 || links.length === 0 || !page.text.includes('<tbody>')) return [];
  const table = await readPages(visitor, page.text);
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const taken: Taken[] = [];
  for (const link of links) {
    const format = /format=(\w+)/.exec(link)?.[1] ?? '';
    const answer = await fetch(mch.origin + link, { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${link} was answered with ${answer.status}`);
    const name = `${file}-${format}`;
    writeFileSync(path.join(folder, `${name}.${format}`), Buffer.from(await answer.arrayBuffer()));
    taken.push({ file: `${name}.${format}`, place: `${place} ${format}`, table });
  }
  return taken;
}

/** Opens the files and writes each as CSV beside it. */
function convert(files: string[]): void {
  const profile = `-env:UserInstallation=file://${folder}/profile`;
  const args = [profile, '--headless', '--norestore', '--convert-to', CSV, '--outdir', folder, ...files];
  execFileSync('soffice', args, { cwd: folder, stdio: 'ignore', timeout: 300_000 });
}

/** Columns that only the page has: they lead somewhere. */
const ON_PAGES = new Set(
  AREAS.flatMap(({ labels, reports }) =>
    reports.flatMap(({ columns }) =>
      columns
        .filter(({ kind }) => kind === 'entry')
        .map(({ name }) => createLabels(labels).text('zh-TW', name)),
    ),
  ).concat(translate('zh-TW', 'records.decide'), translate('zh-TW', 'console-case.bar')),
);

/** What is not as the page says it. */
function differences({ file, place, table }: Taken): string[] {
  const opened = path.join(folder, `${path.parse(file).name}.csv`);
  if (!existsSync(opened)) return [`${place}: LibreOffice does not open it`];
  const csv = readFileSync(opened);
  const [headings = [], ...rows] = parse(csv, { bom: true });
  const [shown = [], ...lines] = table;
  const columns = shown.map((heading, at) => {
    const before = shown.slice(0, at).filter((one) => one === heading).length;
    return headings.flatMap((one, index) => (one === formulaSafe(heading) ? [index] : []))[before];
  });
  const lost = shown.filter((heading, at) => columns[at] === undefined && !ON_PAGES.has(heading));
  const found = lost.map((heading) => `${place}: no column ${heading}`);
  if (rows.length !== lines.length) found.push(`${place}: ${rows.length} rows, the page ${lines.length}`);
  for (const [at, line] of lines.entries()) {
    for (const [index, text] of line.entries()) {
      const column = columns[index];
      if (column === undefined) continue;
      const name = rows[at]?.[column];
      // what a page names in one cell is in two of a file: a unit's code, and its name
      const isUnit =
        headings[column - 1] === translate('zh-TW', 'records.code-of', { label: shown[index] ?? '' });
      const there = isUnit && name !== '' ? `${rows[at]?.[column - 1]}-${name}` : name;
      if (there !== formulaSafe(text))
        found.push(`${place} row ${at + 1}: ${JSON.stringify(there)}, the page ${JSON.stringify(text)}`);
    }
  }
  return found;
}

it('M-13: whatever is taken away as Excel or ODS opens in LibreOffice with the rows of its list', async () => {
  const taken: Taken[] = [];
  for (const [who, account] of DEMO_PEOPLE.entries()) {
    const visitor = await actingAs(mch, account);
    for (const [at, place] of demoPlaces().entries())
      taken.push(...(await take(visitor, place, `${who}-${at}`)));
  }
  convert(taken.map(({ file }) => file));
  expect(taken.flatMap(differences)).toEqual([]);
  const rows = taken.map(({ table }) => table.length - 1);
  const sum = rows.reduce((all, one) => all + one, 0);
  const shown = JSON.stringify(taken.map(({ table }) => table));
  expect(NAMES.filter((name) => !shown.includes(JSON.stringify(name).slice(1, -1)))).toEqual([]);
  process.stderr.write(`${taken.length} files, ${sum} rows, the longest ${Math.max(...rows)}\n`);
  expect(taken.length).toBeGreaterThan(60);
  expect(Math.max(...rows)).toBeGreaterThan(100);
});
