import { askedPopulation } from './options.ts';
import { openPopulation } from './world.ts';

/*
 * npm run bench -- populate [--units 300000] [--accounts 1000000] [--subsystem-accounts 3000000]
 *   [--events 1000000] [--waiting 50000] [--seed 1]
 *
 * Made once for each size and schema, under .data/bench.
 */
const start = performance.now();
const world = await openPopulation(askedPopulation(), (text) => process.stderr.write(`${text}\n`));
await world.server.stop();
process.stdout.write(`${world.folder} (${((performance.now() - start) / 1000).toFixed(0)} s)\n`);
