import type { Reading } from '#kit/telemetry/metrics.ts';
import type { Database } from './handle.ts';

type Pool = Pick<Database<unknown>, 'pool' | 'roundTrips' | 'errors'>;

/** @param pools by the name they have in the metrics */
export function databaseReadings(pools: Record<string, Pool>): Reading[] {
  const each = (pick: (database: Pool) => number) => () =>
    Object.entries(pools).map(([pool, database]) => [{ pool }, pick(database)] as const);
  const labels = ['pool'];
  const gauge = (name: string, help: string, pick: (database: Pool) => number): Reading => {
    return { name, help, kind: 'gauge', labels, read: each(pick) };
  };
  return [
    gauge('db_pool_connections', 'Open connections to the database.', ({ pool }) => pool.total),
    gauge('db_pool_idle_connections', 'Connections nobody uses.', ({ pool }) => pool.idle),
    gauge('db_pool_waiting', 'Callers that wait for a connection.', ({ pool }) => pool.waiting),
    {
      ...{
        name: 'db_statements_total',
        help: 'Statements sent, one round trip each.',
        kind: 'counter',
        labels,
      },
      read: each(({ roundTrips }) => roundTrips),
    },
    {
      ...{ name: 'db_errors_total', help: 'Failed statements by SQLSTATE class; `none`: no answer.' },
      ...{ kind: 'counter', labels: ['pool', 'class'] },
      read: () =>
        Object.entries(pools).flatMap(([pool, { errors }]) =>
          [...errors].map(([kind, count]) => [{ pool, class: kind }, count] as const),
        ),
    },
  ];
}
