import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What one start did for the ones after it. */
export interface Prepared {
  isDone: boolean;
  keep(): void;
}

/**
 * Whether this was all done before, in the database that is there now.
 * @param parts of what it was done
 * @param databaseDir the folder of the embedded database; undefined for a server of one's own, of which nothing is known
 */
export function preparedBefore(file: string, parts: string[], databaseDir: string | undefined): Prepared {
  const mark = createHash('sha256').update(parts.join('\n')).digest('hex');
  const isOf = (database: string): boolean =>
    existsSync(file) &&
    readFileSync(file, 'utf8') === mark &&
    statSync(path.join(database, 'PG_VERSION')).mtimeMs < statSync(file).mtimeMs;
  return {
    isDone: databaseDir !== undefined && isOf(databaseDir),
    keep: () => writeFileSync(file, mark),
  };
}
