import type { Clock } from '#kit/clock.ts';
import type { Labels, Reading } from '#kit/telemetry/metrics.ts';
import { nextChange, stateOf } from '../signing-keys/index.ts';
import type { Snapshot } from './types.ts';

type Sample = readonly [Labels, number];

/** How old the signing keys are, by algorithm, and when something about them changes next. */
export function keyReadings(read: () => Promise<Snapshot | undefined>, clock: Clock): Reading[] {
  const keysBy = async (): Promise<[string, Snapshot['keys']][]> => {
    const snapshot = await read();
    const byAlg = Map.groupBy(snapshot?.keys ?? [], ({ alg }) => alg);
    return [...byAlg];
  };
  return [
    {
      ...{
        name: 'idp_signing_keys',
        help: 'Published keys by algorithm and state.',
        kind: 'gauge',
        shared: true,
      },
      labels: ['alg', 'state'],
      read: async () =>
        (await keysBy()).flatMap(([alg, keys]) => {
          const states = Map.groupBy(keys, (key) => stateOf(key, clock()));
          return [...states].map(([state, all]): Sample => [{ alg, state }, all.length]);
        }),
    },
    {
      ...{
        name: 'idp_signing_key_age_seconds',
        help: 'How long the newest key has signed.',
        kind: 'gauge',
        shared: true,
      },
      labels: ['alg'],
      read: async () =>
        (await keysBy()).flatMap(([alg, keys]) => {
          const active = keys.filter((key) => stateOf(key, clock()) === 'active');
          const since = Math.max(...active.map(({ signFrom }) => signFrom.getTime()));
          return active.length === 0 ? [] : [[{ alg }, (clock().getTime() - since) / 1000] as const];
        }),
    },
    {
      ...{
        name: 'idp_signing_key_next_change_seconds',
        help: 'Until a key changes its state.',
        kind: 'gauge',
      },
      labels: ['alg'],
      read: async () =>
        (await keysBy()).flatMap(([alg, keys]) => {
          const at = nextChange(keys, clock());
          return at ? [[{ alg }, (at.getTime() - clock().getTime()) / 1000] as const] : [];
        }),
    },
  ];
}
