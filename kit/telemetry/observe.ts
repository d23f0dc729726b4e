import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type RequestRecord, beginRecord, withinRequest } from './request-record.ts';
import type { FinishedRequest, Tracer } from './types.ts';

export interface ObserveOptions {
  /** Reverse proxies of ours in front: with one, the id and trace it sends are taken over. */
  trustedProxyHops: number;
  tracer?: Tracer | undefined;
  onFinished: ((request: FinishedRequest) => void)[];
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Stands in front of a server: every request has an id, which the answer and whatever is logged meanwhile carry,
 * and is told of once it is over. An id or trace from outside counts only behind a proxy of ours or from this machine.
 */
export function observeRequests(listener: RequestListener, options: ObserveOptions): RequestListener {
  const { tracer, onFinished } = options;
  return (req, res) => {
    const began = performance.now();
    const trusted = options.trustedProxyHops > 0 || LOOPBACK.test(req.socket.remoteAddress ?? '');
    const record = beginRecord(req, trusted);
    if (tracer) record.span = tracer.startRequest(req.method ?? '', trusted ? traceparentOf(req) : undefined);
    const { socket } = req; // gone from the request once it was broken off
    const written = socket.bytesWritten;
    res.setHeader('X-Request-Id', record.requestId);
    res.once('close', () => {
      const finished = describe(req, res, record, { began, bytes: socket.bytesWritten - written });
      for (const tell of onFinished) tell(finished);
      record.span?.end(spanOutcome(finished));
    });
    withinRequest(record, () => listener(req, res));
  };
}

function traceparentOf(req: IncomingMessage): string | undefined {
  const value = req.headers['traceparent'];
  return typeof value === 'string' ? value : undefined;
}

function describe(
  req: IncomingMessage,
  res: ServerResponse,
  record: RequestRecord,
  start: { began: number; bytes: number },
): FinishedRequest {
  return {
    method: METHODS.has(req.method ?? '') ? (req.method ?? '') : 'OTHER',
    route: record.route,
    status: res.statusCode,
    aborted: !res.writableFinished,
    seconds: (performance.now() - start.began) / 1000,
    bytes: Math.max(0, start.bytes),
    requestId: record.requestId,
    clientId: record.clientId,
    error: record.error,
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Names of https://opentelemetry.io/docs/specs/semconv/http/http-spans/. */
function spanOutcome({ method, route, status, requestId, clientId, error }: FinishedRequest) {
  return {
    name: `${method} ${route}`,
    failed: status >= 500,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'request.id': requestId,
      ...(clientId !== undefined && { 'oauth.client_id': clientId }),
      ...(error !== undefined && { 'error.type': error }),
    },
  };
}
