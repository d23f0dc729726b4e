import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Labels, Reading } from '#kit/telemetry/metrics.ts';
import { eventCounts, isSpooling } from '../audit/index.ts';
import { keyReadings } from './keys.ts';
import { readSnapshot } from './store.ts';
import type { Snapshot } from './types.ts';

export interface MonitoringDeps {
  db: Db;
  clock: Clock;
  /** Tables partitioned by the time of expiry, and how long a partition spans. */
  partitioned: readonly { table: string; bucketSeconds: number }[];
}

const FRESH_MS = 10_000;

/** Everything told of the identity provider as a whole. */
export function monitoringReadings(deps: MonitoringDeps): Reading[] {
  const read = keepFresh(() =>
    readSnapshot(
      deps.db,
      deps.partitioned.map(({ table }) => table),
    ),
  );
  return [
    ...trailReadings(),
    ...outboxReadings(read),
    ...keyReadings(read, deps.clock),
    ...partitionReadings(read, deps),
    gauge('idp_audit_unsealed_records', 'Audit records that no seal covers yet.', read, (s) => s.unsealed),
    gauge('idp_audit_seal_lag_seconds', 'Age of the oldest of them.', read, (s) => s.unsealedSeconds),
    gauge(
      'idp_audit_spooled_records',
      'Records that wait for the trail in the spool.',
      read,
      (s) => s.spooled,
    ),
  ];
}

/** One statement serves all readings of a scrape, and every scrape of the next ten seconds. */
function keepFresh(load: () => Promise<Snapshot>): () => Promise<Snapshot | undefined> {
  let taken: Promise<Snapshot | undefined> | undefined;
  let until = 0;
  return () => {
    if (!taken || performance.now() >= until) {
      until = performance.now() + FRESH_MS;
      taken = load().catch(() => undefined); // what the database cannot say now is left out
    }
    return taken;
  };
}

type Read = () => Promise<Snapshot | undefined>;
type Sample = readonly [Labels, number];

function gauge(name: string, help: string, read: Read, pick: (snapshot: Snapshot) => number): Reading {
  return {
    ...{ name, help, kind: 'gauge', shared: true },
    read: async () => {
      const snapshot = await read();
      return snapshot ? pick(snapshot) : [];
    },
  };
}

/** Sign-ins, second factors, locks, exchanges: what the audit trail records is what is counted. */
function trailReadings(): Reading[] {
  const labels = ['type', 'outcome', 'reason'];
  return [
    {
      name: 'idp_audit_events_total',
      help: 'Audit records written by this process, by type, outcome and reason.',
      ...{ kind: 'counter', labels },
      read: () =>
        [...eventCounts()].map(([{ type, outcome, reason }, n]): Sample => [{ type, outcome, reason }, n]),
    },
    {
      name: 'idp_audit_spooling',
      help: '1 while the audit trail cannot be written and sign-ins go to the spool.',
      kind: 'gauge',
      read: () => Number(isSpooling()),
    },
  ];
}

function outboxReadings(read: Read): Reading[] {
  const labels = ['outbox'];
  const each = (pick: (outbox: Snapshot['mails']) => number) => async (): Promise<Sample[]> => {
    const snapshot = await read();
    if (!snapshot) return [];
    return (['mails', 'logouts', 'pings'] as const).map((outbox) => [{ outbox }, pick(snapshot[outbox])]);
  };
  return [
    {
      ...{
        name: 'idp_outbox_waiting',
        help: 'Mails, logouts and CIBA notifications not delivered yet.',
        kind: 'gauge',
        shared: true,
        labels,
      },
      read: each(({ waiting }) => waiting),
    },
    {
      ...{
        name: 'idp_outbox_oldest_seconds',
        help: 'Age of the oldest of them.',
        kind: 'gauge',
        shared: true,
        labels,
      },
      read: each(({ oldestSeconds }) => oldestSeconds),
    },
    {
      ...{
        name: 'idp_outbox_dead_letters',
        help: 'Mails, logouts and CIBA notifications given up.',
        kind: 'gauge',
        shared: true,
        labels,
      },
      read: each(({ dead }) => dead),
    },
  ];
}

function partitionReadings(read: Read, { partitioned }: MonitoringDeps): Reading[] {
  return [
    {
      name: 'idp_partitions_ahead_seconds',
      help: 'How far into the future rows can be stored; 0 stops sign-ins.',
      ...{ kind: 'gauge', shared: true, labels: ['table'] },
      read: async () => {
        const snapshot = await read();
        return partitioned.flatMap(({ table, bucketSeconds }): Sample[] => {
          const last = snapshot?.lastBuckets.get(table);
          if (!snapshot || last === undefined) return [];
          return [[{ table }, (last + 1) * bucketSeconds - snapshot.databaseTime / 1000]];
        });
      },
    },
    gauge(
      'idp_audit_months_ahead',
      'Coming months with a partition of their own.',
      read,
      (s) => s.auditMonthsAhead,
    ),
  ];
}
