/** Whether `error` is PostgreSQL's, with this SQLSTATE. */
export function isSqlState(error: unknown, state: string): boolean {
  return codeOf(error) === state;
}

export const UNIQUE_VIOLATION = '23505';

/** Whether a row like one that is there already was refused by this unique index. */
export function isUniqueViolation(error: unknown, index: string): boolean {
  const isIts =
    typeof error === 'object' && error !== null && 'constraint' in error && error.constraint === index;
  return isIts && isSqlState(error, UNIQUE_VIOLATION);
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const READ_ONLY = '25006';

/** Two transactions were in each other's way: this one was undone whole, and may simply be done again. */
export function isConflict(error: unknown): boolean {
  return isSqlState(error, SERIALIZATION_FAILURE) || isSqlState(error, DEADLOCK);
}

/**
 * The connection went away. What had been sent on it may have been carried out or not: nobody can tell, so only
 * what changes nothing is sent again.
 */
export function isConnectionLost(error: unknown): boolean {
  return (
    /^(ECONNRESET|EPIPE|ETIMEDOUT|57P0[12]|08\w{3})$/.test(codeOf(error)) ||
    /^Connection terminated|not queryable|connection error/i.test(messageOf(error))
  );
}

/** The server does not answer, or not as one that can be written to. */
export function isWrongServer(error: unknown): boolean {
  return (
    error instanceof NotPrimary ||
    error instanceof NoAnswer ||
    isConnectionLost(error) ||
    isSqlState(error, READ_ONLY) ||
    /^(ECONNREFUSED|ENOENT|EHOST\w+|ENET\w+|ENOTFOUND|EAI_AGAIN|57P0[3-5]|53300)$/.test(codeOf(error)) ||
    /timeout expired/.test(messageOf(error))
  );
}

/** A server was reached that must not be used: a standby, or a primary that another one has replaced. */
export class NotPrimary extends Error {
  override readonly name = 'NotPrimary';
  readonly code = 'NOT_PRIMARY';
}

/** The server did not answer within the limit; whether it carried the statement out is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'NO_ANSWER';
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
}
