import { type Database, isSqlState } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { addWrites } from './artefact-writes.ts';
import { addConditions } from './conditions.ts';
import { addMessages } from './message-writes.ts';
import { countExchange } from './exchange-count.ts';
import { addRegistration } from './registration-writes.ts';
import { addSessionWrites } from './session-writes.ts';
import { type FlushRefusal, Statement } from './statement.ts';
import { addWaiting } from './waiting-writes.ts';
import type { Writes } from './writes.ts';

const REFUSED = 'SE001';
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Writes everything in one statement, so in one round trip and one transaction. Conditions (a one-time artefact
 * still unused, the session still there, the account still allowed) are checked again in the same statement;
 * when one fails, nothing at all is written.
 * @returns undefined when written, else the first condition that failed
 */
export async function flushWrites(
  database: Pick<Database<IdpTables>, 'query'>,
  writes: Writes,
): Promise<FlushRefusal | undefined> {
  const statement = new Statement();
  addWaiting(statement, writes); // first: of many answers at once only one goes on to lock what it rests on
  addConditions(statement, writes);
  addWrites(statement, writes);
  addSessionWrites(statement, writes);
  addMessages(statement, writes);
  addRegistration(statement, writes);
  if (writes.exchange) countExchange(statement, writes.exchange); // last: see there
  if (statement.isEmpty) return undefined;
  try {
    await database.query(statement.text, statement.values);
    return undefined;
  } catch (error) {
    if (isSqlState(error, FOREIGN_KEY_VIOLATION)) return 'session_ended'; // its row went away meanwhile
    if (isSqlState(error, REFUSED)) return (error as { message: string }).message as FlushRefusal;
    throw error;
  }
}
