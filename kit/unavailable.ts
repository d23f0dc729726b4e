/** The database or the HSM is away or will not take more: a passing condition, not a bug. */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = 'code' in error ? String(error.code) : '';
  const message = 'message' in error ? String(error.message) : '';
  return (
    /^(HSM_UNAVAILABLE|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|57P0[123]|53300|55000|08\w{3})$/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(message)
  );
}
