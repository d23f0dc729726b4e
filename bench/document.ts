import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toChart } from './chart.ts';
import { toMarkdown } from './report.ts';
import type { Results, Verdict } from './results.ts';

const DOCS = path.resolve(import.meta.dirname, '../docs');
const BEGIN = '<!-- measured: npm run bench -- --docs -->';
const END = '<!-- measured -->';

/** Puts what was measured into `docs/performance.md`, between its two marks, and the chart beside it. */
export function writeDocument(results: Results, verdicts: Verdict[]): void {
  const file = path.join(DOCS, 'performance.md');
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for what was measured`);
  const told = `${BEGIN}\n\n${toMarkdown(results, verdicts)}\n\n`;
  writeFileSync(file, text.slice(0, from) + told + text.slice(to));
  writeFileSync(path.join(DOCS, 'performance.svg'), `${toChart(results)}\n`);
}
