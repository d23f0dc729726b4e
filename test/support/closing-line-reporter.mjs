import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** @param {{ passed: number, failed: number, skipped: number }[]} files */
export function closingLine(files) {
  const sum = (name) => files.reduce((total, file) => total + file[name], 0);
  return `\nTests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`;
}

/**
 * Tells what came of each file to the program that runs Jest and names a file for it, else prints the run's one plain
 * closing line; at exit, because Jest prints its own summary after every reporter.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const files = results.testResults.map((result) => ({
      file: path.relative(process.cwd(), result.testFilePath),
      passed: result.numPassingTests,
      failed: result.numFailingTests + (result.testExecError ? 1 : 0),
      skipped: result.numPendingTests + result.numTodoTests,
    }));
    if (process.env.TEST_OUTCOME) return writeFileSync(process.env.TEST_OUTCOME, JSON.stringify(files));
    process.once('exit', () => process.stdout.write(closingLine(files)));
    return undefined;
  }
}
