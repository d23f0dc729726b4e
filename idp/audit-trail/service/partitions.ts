import type { Db } from '#db/idp/tables.ts';
import { recordAudit } from '../../audit/index.ts';
import { monthStart } from '../policy.ts';
import { createPartition, describePartition, dropPartition, listPartitions } from '../store/partitions.ts';

const MONTHS_AHEAD = 3;

/**
 * Makes the partitions of the coming months, and removes those wholly older than the retention, once every record
 * of theirs is sealed. Their seals stay, and a record tells what was removed. Any number of replicas may ask.
 * @param retentionMonths how long records are kept
 */
export async function maintainAuditPartitions(
  db: Db,
  now: Date,
  retentionMonths: number,
): Promise<{ created: number; dropped: number }> {
  const partitions = await listPartitions(db);
  const ends = partitions.map(({ until }) => until).toSorted((a, b) => a.getTime() - b.getTime());
  let created = 0;
  for (
    let from = ends.at(-1) ?? monthStart(now);
    from <= monthStart(now, MONTHS_AHEAD);
    from = monthStart(from, 1)
  ) {
    if (await createPartition(db, from, monthStart(from, 1))) created += 1;
  }
  const horizon = monthStart(now, -retentionMonths);
  let dropped = 0;
  for (const { name, until } of partitions) {
    if (until <= horizon && (await retire(db, name, until))) dropped += 1;
  }
  return { created, dropped };
}

async function retire(db: Db, name: string, until: Date): Promise<boolean> {
  return dropPartition(db, name, async (trx) => {
    const { loose, ...facts } = await describePartition(trx, name);
    if (loose > 0) return false;
    await recordAudit(trx, {
      type: 'audit.retired',
      details: { partition: name, to: until.toISOString(), ...facts },
    });
    return true;
  });
}
