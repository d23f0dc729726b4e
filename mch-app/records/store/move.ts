import { sql } from 'kysely';
import type { RecordState } from '#db/mch/record-tables.ts';
import type { Trx } from '#db/mch/tables.ts';
import type { Actor } from '../types.ts';

export interface Move {
  from: RecordState;
  to: RecordState;
  /** What the history calls it: `records.did-<deed>`. */
  deed: string;
  note: string;
  actor: Actor;
  now: Date;
}

/**
 * Moves records to another state with what became of another one, such as a claim they are put into.
 * @returns how many: fewer than were asked for when one was no longer in the state it was moved from, or
 *   was opened for a correction meanwhile
 */
export async function moveRecords(trx: Trx, ids: readonly string[], move: Move): Promise<number> {
  const { actor, now } = move;
  const { rows } = await sql`
    with moved as (
      update record set state = ${move.to}, version = version + 1
      where id = any(${[...ids]}::uuid[]) and state = ${move.from}
        and (unlocked_until is null or unlocked_until <= ${now}::timestamptz) returning id, version)
    insert into record_version (record_id, version, at, deed, by_account, by_name, unit_code, note, changes)
    select id, version, ${now}::timestamptz, ${move.deed}, ${actor.accountId}, ${actor.personName}, ${actor.unit.code},
      ${move.note}, '[]'::jsonb from moved returning 1`.execute(trx);
  return rows.length;
}
