import ClosingLineReporter from '../support/closing-line-reporter.mjs';

/** Says at the very end which clients were not run and why, then how many were. */
export default class NotRunReporter extends ClosingLineReporter {
  onRunComplete(contexts, results) {
    const skipped = results.testResults
      .flatMap(({ testResults }) => testResults)
      .filter(({ status }) => status === 'pending' || status === 'skipped')
      .map(({ title }) => `  ${title}\n`);
    if (skipped.length > 0) {
      process.once('exit', () => process.stdout.write(`\nNot run:\n${skipped.join('')}`));
    }
    super.onRunComplete(contexts, results);
  }
}
