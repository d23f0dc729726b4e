import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { workerFlags } from '#kit/processes/primary.ts';
import { recordResult } from './report.ts';
import { judge } from './soak/judge.ts';
import { writeReport } from './soak/report.ts';
import { type Sample, openSampler } from './soak/sample.ts';
import { Crew } from './soak/work.ts';
import { startFaultWorld } from './world.ts';

const HOURS = Number(process.env['FAULT_HOURS'] ?? 1);
const PEOPLE = 16;
const SLICES_AN_HOUR = 120;
const SHORTEST_SLICE_MS = 10_000;
const LONGEST_SLICE_MS = 60_000;

/** Hours become minutes. */
const LIFETIMES = {
  SESSION_IDLE_SECONDS: '90',
  SESSION_ABSOLUTE_SECONDS: '240',
  ACCESS_TOKEN_SECONDS: '60',
  RETENTION_LOGOUT_DAYS: '1',
};
const HASHING = { ARGON2_MEMORY_KIB: '19456', ARGON2_TIME: '2' };

describe('sign-ins, refreshes and exchanges at full speed', () => {
  it(
    `R40: for ${HOURS} h: tables, memory and latency level off`,
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'soak-'));
      const server = await startEmbeddedServer(path.join(folder, 'pg'));
      try {
        await ensureDatabase(server.url('postgres'), 'idp');
        const world = await startFaultWorld({
          ...{ replicas: 2, people: PEOPLE, balancer: 'haproxy', databaseUrl: server.url('idp') },
          env: { ...LIFETIMES, ...HASHING },
          launch: () => ({ nodeFlags: workerFlags(128) }),
        });
        const replicas = (): number[] => world.replicas.map(({ pid }) => pid);
        const sampler = await openSampler(server.url('idp'), () => ({
          replicas: replicas(),
          postgres: server.pid ?? 0,
        }));
        const crew = new Crew(world, PEOPLE);
        const samples: Sample[] = [];
        const faults = new Map<string, number>();
        const slice = Math.min(
          LONGEST_SLICE_MS,
          Math.max(SHORTEST_SLICE_MS, (HOURS * 3_600_000) / SLICES_AN_HOUR),
        );
        const end = performance.now() + HOURS * 3_600_000;
        while (performance.now() < end) {
          await sleep(Math.min(slice, Math.max(1000, end - performance.now())));
          const tally = crew.take();
          for (const error of tally.errors) faults.set(error, (faults.get(error) ?? 0) + 1);
          samples.push(await sampler.take(tally));
        }
        await crew.end();
        await sampler.close();
        await world.stop();
        const verdicts = judge(samples);
        const file = writeReport(samples, verdicts, { ...LIFETIMES, ...HASHING });
        const figures = verdicts.map(({ what, figures: told }) => `${what}: ${told}`).join('; ');
        const passed = verdicts.every(({ holds }) => holds);
        if (HOURS > 0.5) recordResult({ row: 'R40', deed: `${HOURS} h at full speed`, figures, passed });
        process.stderr.write(`${figures}\n${JSON.stringify([...faults])}\n${file}\n`);
        expect(verdicts.filter(({ holds }) => !holds)).toEqual([]);
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
        rmSync(server.socketDir, { recursive: true, force: true });
      }
    },
    (HOURS + 0.25) * 3_600_000,
  );
});
