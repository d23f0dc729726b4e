import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { toChart } from './chart.ts';
import { writeDocument } from './document.ts';
import { Suite, type SuiteOptions } from './suite.ts';
import { toMarkdown } from './report.ts';
import { judge } from './verdicts.ts';

/*
 * npm run bench -- [--rounds 3] [--seconds 3] [--only KEY,KEY] [--quick] [--against bare] [--docs]
 *
 * Everything on loopback, bounded in time. Every round measures each scenario at each server in turn, so that a slow
 * phase of the machine falls on all of them. Ends with 1 when an operation failed.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string', default: '' },
    against: { type: 'string', default: 'bare' },
    quick: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
  },
});
const number = (text: string | undefined, otherwise: number, most: number): number =>
  Math.min(most, Number(text ?? otherwise));
const options: SuiteOptions = {
  rounds: number(values.rounds, values.quick ? 1 : 3, 20),
  seconds: number(values.seconds, values.quick ? 0.8 : 3, 60),
  only: values.only.split(',').filter((key) => key !== ''),
  against: values.against.split(',').filter((name) => name !== ''),
  isQuick: values.quick,
};

const began = performance.now();
const suite = await Suite.open(options, (text) => process.stderr.write(`${text}\n`));
try {
  const measured = await suite.run();
  const results = {
    conditions: {
      at: new Date().toISOString(),
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      node: process.version,
      PostgreSQL: 'fsync on',
      ...{ rounds: options.rounds, seconds: options.seconds },
      argon2id: `${process.env['ARGON2_MEMORY_KIB'] ?? '19456'} KiB, t ${process.env['ARGON2_TIME'] ?? '2'}`,
      signing: 'ES256',
      'took seconds': Math.round((performance.now() - began) / 1000),
    },
    ...measured,
  };
  const verdicts = judge(results);
  const folder = path.resolve(import.meta.dirname, '../.data/bench');
  const file = path.join(folder, results.conditions.at.replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.json`, `${JSON.stringify({ ...results, verdicts }, undefined, 2)}\n`);
  writeFileSync(`${file}.svg`, toChart(results));
  process.stdout.write(`${toMarkdown(results, verdicts)}\n\n${file}.json and .svg\n`);
  if (values.docs) writeDocument(results, verdicts);
  const failed = results.scenarios
    .flatMap(({ closed }) => Object.values(closed))
    .filter(({ errors }) => errors > 0);
  for (const { error } of failed) process.stderr.write(`failed: ${error}\n`);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  await suite.close();
}
