import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closingLine } from './closing-line-reporter.mjs';

/*
 * `npm test [-- what Jest takes]`. Beside another file, on a machine that is busy with something else, a test of
 * processes, browsers and clocks may wait too long. A file that fails is run once more by itself in a world of its own;
 * what it said the first time stays above. Ends with the run's one closing line.
 */
/** More than these are no accident. */
const MOST_AGAIN = 5;

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'tests-'));
let runs = 0;

/** @returns {Promise<{ exitCode: number, files: { file: string, passed: number, failed: number, skipped: number }[] }>} */
async function jest(args) {
  const outcome = path.join(folder, String((runs += 1)));
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, 'node_modules/jest/bin/jest.js', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TEST_OUTCOME: outcome },
  });
  const exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  try {
    return { exitCode, files: JSON.parse(readFileSync(outcome, 'utf8')) };
  } catch {
    return { exitCode, files: [] }; // it did not come to an end, or had another thing to do
  }
}

let { exitCode, files } = await jest(process.argv.slice(2));
const again = files.filter(({ failed }) => failed > 0).map(({ file }) => file);
if (again.length > 0 && again.length <= MOST_AGAIN) {
  process.stdout.write(`\nFailed, and run once more by themselves:\n  ${again.join('\n  ')}\n\n`);
  const second = await jest(['--ci', '--runInBand', '--runTestsByPath', ...again]);
  exitCode = second.exitCode;
  files = [...files.filter(({ file }) => !again.includes(file)), ...second.files];
}
rmSync(folder, { recursive: true });
process.stdout.write(closingLine(files));
process.exitCode = exitCode;
