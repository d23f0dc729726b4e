import { type BenchWorld, startBenchWorld } from '../world.ts';
import { faceOf } from './our-face.ts';
import type { RunningServer, ServerPlugin } from './types.ts';

/** The identity provider of this repository. */
export const ours: ServerPlugin = {
  name: 'single entry',
  start: async (people) => runningOf(await startBenchWorld(people)),
};

export function runningOf(world: BenchWorld): RunningServer {
  return {
    face: faceOf(world),
    processes: {
      server: world.idpPid,
      ...(world.databasePid !== undefined && { PostgreSQL: world.databasePid }),
    },
    databaseUrl: world.databaseUrl,
    stop: () => world.stop(),
  };
}
