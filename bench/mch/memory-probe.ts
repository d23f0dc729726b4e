import { writeFileSync } from 'node:fs';

/*
 * Loaded into the server that is measured (`--expose-gc --import`): at SIGUSR2 it collects what is done with and writes
 * down what is left.
 */
const file = process.env['BENCH_MEMORY_FILE'];
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  if (file !== undefined) writeFileSync(file, String(Math.round((heapUsed + external) / 1_048_576)));
});
