import pino from 'pino';

export type Log = pino.Logger;

/**
 * One JSON line per entry on standard output, asynchronous so that a blocked log target never blocks a
 * request. Keys that may carry a secret or a person are cut out wherever they stand.
 */
export function createLog(name: string, level = 'info'): Log {
  const fields = ['password', 'secret', 'token', 'code', 'cookie', 'authorization', 'email', 'phone'];
  return pino(
    {
      name,
      level,
      redact: { paths: fields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), remove: true },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 1, sync: false, maxLength: 1 << 20 }),
  );
}
