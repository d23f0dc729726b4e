import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';

const FILE = path.resolve(import.meta.dirname, '../../docs/faults.md');
const HEAD = `# Faults tried

What each row of the fault plan did to real replicas, a real balancer and a real PostgreSQL, and what came of it: one
line a test, rewritten by \`WRITE_DOCS=1 npm run test:faults\`.

| row | what was done | figures | passed | date | machine |
| --- | --- | --- | --- | --- | --- |
`;

export interface FaultResult {
  /** `R1` to `R40`. */
  row: string;
  /** What was done, in a few words; with the row it is the line's name. */
  deed: string;
  /** What was measured. */
  figures: string;
  passed: boolean;
}

/** Says what came of a test, and with WRITE_DOCS=1 puts it into `docs/faults.md` in place of what was there. */
export function recordResult({ row, deed, figures, passed }: FaultResult): void {
  process.stderr.write(`${row} ${passed ? 'passed' : 'FAILED'}: ${deed}: ${figures}\n`);
  if (process.env['WRITE_DOCS'] !== '1') return;
  const name = `| ${row} | ${plain(deed)} |`;
  const date = new Date().toISOString().slice(0, 10);
  // others' work on the machine tells in every figure
  const load = (loadavg()[0] ?? 0).toFixed(0);
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, load ${load}`;
  const line = `${name} ${plain(figures)} | ${passed ? 'yes' : 'NO'} | ${date} | ${machine} |`;
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const lines = text.split('\n').filter((old) => /^\| R\d+ /.test(old) && !old.startsWith(name));
  writeFileSync(FILE, `${HEAD}${[...lines, line].sort(byRow).join('\n')}\n`);
}

function byRow(a: string, b: string): number {
  return numberOf(a) - numberOf(b) || (a < b ? -1 : 1);
}

const numberOf = (line: string): number => Number(/^\| R(\d+)/.exec(line)?.[1]);
const plain = (text: string): string => text.replaceAll('|', '/').replaceAll(/\s+/g, ' ').trim();
