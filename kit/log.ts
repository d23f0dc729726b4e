import { hostname } from 'node:os';
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

/** Writes one line of these members of a JSON object, which its caller has escaped. */
export type RawLog = (members: string) => void;

/** A way past the machinery of `log` for lines that come by the thousand; they look like its own, at level info. */
export function rawLog(log: Log): RawLog {
  const own = JSON.stringify({ pid: process.pid, hostname: hostname(), ...log.bindings() }).slice(1, -1);
  let second = 0;
  let stamp = '';
  return (members) => {
    const now = Date.now();
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000);
      stamp = new Date(now).toISOString().slice(0, 20);
    }
    const ms = String(now % 1000).padStart(3, '0');
    output?.write(`{"level":30,"time":"${stamp}${ms}Z",${own},${members}}\n`);
  };
}

function requestIds(): object {
  const request = currentRequest();
  if (!request) return {};
  return { requestId: request.requestId, ...(request.span && { traceId: request.span.traceId }) };
}
