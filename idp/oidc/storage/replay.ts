import type { Adapter } from 'oidc-provider';
import { after } from '#kit/clock.ts';
import { digest } from '#kit/random.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';

type Deps = Pick<StorageDeps, 'database' | 'clock'>;

/** Long enough for every use: DPoP proofs live 5 minutes, client assertions at most as long. */
const REPLAY_WINDOW_MS = 15 * 60 * 1000;

/** The insert itself is the test, so two at once cannot both pass. @returns whether it came for the first time */
export async function rememberOnce({ database, clock }: Deps, id: string): Promise<boolean> {
  const rows = await database.query(
    'insert into oidc_replay (id, expires_at) values ($1, $2) on conflict do nothing returning 1',
    [digest(id), after(clock(), REPLAY_WINDOW_MS)],
  );
  return rows.length === 1;
}

/** The library's look-up is the insert already; its later `upsert` has nothing to do. */
export function replayAdapter(deps: Deps): Adapter {
  return {
    ...refusing,
    async find(id) {
      if (await rememberOnce(deps, id)) return undefined;
      return { jti: id, kind: 'ReplayDetection', exp: Math.floor(deps.clock().getTime() / 1000) + 3600 };
    },
    upsert: () => Promise.resolve(),
  };
}
