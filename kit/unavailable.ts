/** SQLSTATEs of a passing condition: connections, resources, limits, read-only, restarts, conflicts, the disk. */
const STATES = /^(08\w{3}|25006|25P03|40001|40P01|53\w{3}|55000|55P03|57014|57P0\d|58030)$/;
const NETWORK =
  /^(ECONN\w+|ENOENT|EPIPE|ETIMEDOUT|EHOST\w+|ENET\w+|ENOTFOUND|EAI_AGAIN|NOT_PRIMARY|NO_ANSWER|HSM_UNAVAILABLE)$/;
const MESSAGES =
  /^timeout exceeded when trying to connect|^timeout expired|^Connection terminated|not queryable/;

/** The database or the HSM is away or will not take more: a passing condition, not a bug. */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = 'code' in error ? String(error.code) : '';
  const message = 'message' in error ? String(error.message) : '';
  return STATES.test(code) || NETWORK.test(code) || MESSAGES.test(message);
}
