import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { randomToken } from '../random.ts';
import type { Span } from './types.ts';

/** What is told of one request: in its log line, in the metrics, in its trace. Nothing a caller wrote. */
export interface RequestRecord {
  requestId: string;
  /** The route's pattern, never the address that was asked for. */
  route: string;
  /** Of a registered client only. */
  clientId: string | undefined;
  /** The standard's error code, when the answer is a refusal. */
  error: string | undefined;
  span: Span | undefined;
}

const records = new AsyncLocalStorage<RequestRecord>();
const RECORD = Symbol('request record');
const REQUEST_ID = /^[\w-]{8,64}$/;

type Recorded = IncomingMessage & { [RECORD]?: RequestRecord };

/** The record of the request that the caller runs in; undefined in jobs. */
export function currentRequest(): RequestRecord | undefined {
  return records.getStore();
}

/** The record of `req`, begun when nobody has yet. */
export function recordOf(req: IncomingMessage): RequestRecord {
  const known = (req as Recorded)[RECORD];
  return known ?? beginRecord(req, false);
}

/**
 * Begins the record of `req`.
 * @param trusted whether its `X-Request-Id` comes from a proxy or program of ours and may be taken over
 */
export function beginRecord(req: IncomingMessage, trusted: boolean): RequestRecord {
  const given = trusted ? req.headers['x-request-id'] : undefined;
  const isUsable = typeof given === 'string' && REQUEST_ID.test(given);
  const record: RequestRecord = {
    requestId: isUsable ? given : randomToken(9),
    route: 'none',
    clientId: undefined,
    error: undefined,
    span: undefined,
  };
  (req as Recorded)[RECORD] = record;
  return record;
}

/** Runs `work` as part of the request. */
export function withinRequest<T>(record: RequestRecord, work: () => T): T {
  return records.run(record, work);
}
