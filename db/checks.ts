import { ConfigurationError } from '#kit/errors.ts';
import type { Database } from './handle.ts';
import type { DatabaseSettings } from './settings.ts';

type Asked = Pick<Database<unknown>, 'query'>;

/**
 * Makes sure that sessions have limits: a pooler may drop what a client asks for as it connects.
 * @throws ConfigurationError with the statements that set them for the role
 */
export async function requireLimits(database: Asked, settings: DatabaseSettings): Promise<void> {
  const wanted = {
    statement_timeout: settings.statementMs,
    lock_timeout: settings.lockMs,
    idle_in_transaction_session_timeout: settings.idleTransactionMs,
  };
  const [found] = await database.query<Record<string, string>>(
    `select current_user as role, current_database() as name, ${Object.keys(wanted)
      .map((name) => `current_setting('${name}') as ${name}`)
      .join(', ')} where $1`,
    [true],
  );
  const missing = Object.entries(wanted).filter(([name]) => found?.[name] === '0');
  if (missing.length === 0) return;
  const role = `alter role ${found?.['role']} in database ${found?.['name']}`;
  const statements = missing.map(([name, ms]) => `${role} set ${name} = '${ms}ms';`);
  throw new ConfigurationError(
    `The pooler drops the limits of a session; set them for the role, then reconnect it: ${statements.join(' ')}`,
  );
}

const STALLED_SECONDS = 2;

/** How many commits of ours have waited for their synchronous standby for some seconds: it is gone, or too slow. */
export async function countStalledCommits(database: Asked): Promise<number> {
  const rows = await database.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity
     where usename = current_user and wait_event = 'SyncRep' and state_change < now() - make_interval(secs => $1)`,
    [STALLED_SECONDS],
  );
  return rows[0]?.count ?? 0;
}
