import pino from 'pino';
import { describeError } from './log-errors.ts';
import { type LogOutput, standardOutput } from './log-output.ts';
import { currentRequest } from './telemetry/request-record.ts';

export type Log = pino.Logger;

const LIMIT_BYTES = 1 << 20;
const SECRETS = ['password', 'secret', 'token', 'code', 'cookie', 'authorization', 'email', 'phone'];

let output: LogOutput | undefined;

/** Lines this process could not write, and bytes that wait for the reader of its log. */
export function logState(): { dropped: number; waitingBytes: number } {
  return { dropped: output?.dropped ?? 0, waitingBytes: output?.waitingBytes ?? 0 };
}

/**
 * One JSON line per entry on standard output, never waited for. Keys that may carry a secret or a person are cut
 * out wherever they stand; whatever is logged while a request is answered bears its id.
 */
export function createLog(name: string, level = 'info'): Log {
  output ??= standardOutput(LIMIT_BYTES);
  return pino(
    {
      name,
      level,
      redact: { paths: SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), remove: true },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: requestIds,
      serializers: { err: describeError },
    },
    output,
  );
}

function requestIds(): object {
  const request = currentRequest();
  if (!request) return {};
  return { requestId: request.requestId, ...(request.span && { traceId: request.span.traceId }) };
}
