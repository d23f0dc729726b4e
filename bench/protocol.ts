import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Connection } from './connection.ts';
import { type Load, type Measurement, measure } from './measure.ts';
import { Party, expectOk } from './party.ts';
import { summariseRounds, toTable } from './report.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { startBenchWorld } from './world.ts';

/*
 * npm run bench -- [--rounds 3] [--seconds 4] [--only NAME]
 *
 * Everything on loopback, bounded in time. Every round measures the bare server and then each scenario, so a
 * slow phase of the machine falls on all of them.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Math.min(20, Number(values.rounds));
const timing = { warmUpMs: 1000, durationMs: Math.min(60, Number(values.seconds)) * 1000 };
const chosen = scenarios.filter(({ name }) => name.includes(values.only));
const HELLO = 'raw node:http hello';

const world = await startBenchWorld(Math.max(...chosen.map(({ connections }) => connections)));
try {
  const names = [HELLO, ...chosen.map(({ name }) => name)];
  const results = new Map<string, Measurement[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}\n`);
    results.get(HELLO)?.push(await measureHello());
    for (const scenario of chosen) results.get(scenario.name)?.push(await measureScenario(scenario));
  }
  const rows = [...results].map(([name, measurements]) => summariseRounds(name, measurements));
  const conditions = {
    at: new Date().toISOString(),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    node: process.version,
    ...{ rounds, seconds: timing.durationMs / 1000 },
    argon2id: `${process.env['ARGON2_MEMORY_KIB'] ?? '19456'} KiB, t ${process.env['ARGON2_TIME'] ?? '2'}`,
    signing: 'ES256',
    durability: 'fsync on',
  };
  const folder = path.resolve(import.meta.dirname, '../.data/bench');
  const file = path.join(folder, `${conditions.at.replaceAll(':', '-')}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ conditions, rows }, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(conditions, undefined, 2)}\n\n${toTable(rows)}\n\n${file}\n`);
} finally {
  await world.stop();
}

async function measureHello(): Promise<Measurement> {
  const connections = Array.from({ length: 16 }, () => new Connection(world.helloOrigin));
  return run(connections, world.helloPid, undefined, async (connection) => async () => {
    expectOk(await connection.send('/'));
  });
}

async function measureScenario(scenario: Scenario): Promise<Measurement> {
  const parties = Array.from({ length: scenario.connections }, (_none, n) => new Party(world, n));
  return run(parties, world.idpPid, world.databasePid, (party) => scenario.prepare(party));
}

async function run<T extends { close(): void }>(
  owners: T[],
  serverPid: number,
  databasePid: number | undefined,
  prepare: (owner: T) => Promise<() => Promise<void>>,
): Promise<Measurement> {
  const load: Load = { ...timing, serverPid, databasePid, workers: await Promise.all(owners.map(prepare)) };
  try {
    return await measure(load);
  } finally {
    for (const owner of owners) owner.close();
  }
}
