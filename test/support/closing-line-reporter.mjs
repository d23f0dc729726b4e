/** Prints the run's one plain closing line; at exit, because Jest prints its own summary after every reporter. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    process.once('exit', () => {
      process.stdout.write(
        `\nTests: ${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`,
      );
    });
  }
}
