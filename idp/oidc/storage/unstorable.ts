import { errors } from 'oidc-provider';
import { type Database, isSqlState } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';

/** NUL in text and in jsonb. */
const NUL_STATES = ['22021', '22P05'];
const INVALID_TEXT = '22P02';
const TOO_DEEP = '54001';

/**
 * The database as protocol requests see it: what it cannot store (NUL, a lone surrogate, JSON nested without
 * end) can only be a caller's own words, so it is their error and not ours.
 */
export function refuseUnstorable(database: Database<IdpTables>): Database<IdpTables> {
  const refusing = (send: Database<IdpTables>['query']): Database<IdpTables>['query'] => {
    return async (text, values) => {
      try {
        return await send(text, values);
      } catch (error) {
        if (isUnstorable(error)) throw new errors.InvalidRequest('a parameter cannot be stored');
        throw error;
      }
    };
  };
  return Object.create(database, {
    query: { value: refusing((text, values) => database.query(text, values)) },
    read: { value: refusing((text, values) => database.read(text, values)) },
  }) as Database<IdpTables>;
}

function isUnstorable(error: unknown): boolean {
  if (NUL_STATES.some((state) => isSqlState(error, state)) || isSqlState(error, TOO_DEEP)) return true;
  return isSqlState(error, INVALID_TEXT) && error instanceof Error && error.message.includes('type json');
}
