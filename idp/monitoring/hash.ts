import type { Reading } from '#kit/telemetry/metrics.ts';
import type { PasswordHasher } from '../authenticators/index.ts';

/** How busy the hashing process is. */
export function hashReadings(hasher: Pick<PasswordHasher, 'state'>): Reading[] {
  const counter = (name: string, help: string, read: () => number): Reading => {
    return { name, help, kind: 'counter', read };
  };
  return [
    {
      ...{ name: 'idp_hash_waiting', help: 'Passwords that wait to be hashed.', kind: 'gauge' },
      read: () => hasher.state.waiting,
    },
    counter('idp_hash_jobs_total', 'Passwords hashed.', () => hasher.state.done),
    counter(
      'idp_hash_wait_seconds_total',
      'Time they waited for their turn.',
      () => hasher.state.waitSeconds,
    ),
    counter('idp_hash_refused_total', 'Refused because too many waited.', () => hasher.state.refused),
    counter(
      'idp_hash_restarts_total',
      'Times the hashing process was replaced.',
      () => hasher.state.restarts,
    ),
  ];
}
