import { currentRequest } from './request-record.ts';
import type { Tracer } from './types.ts';

type Fetch = (url: string | URL, init?: object) => Promise<Response>;

/**
 * Asks another program of ours on behalf of the request under way: it is told the request's id, and the trace it
 * belongs to, so that both programs' logs and spans can be laid side by side.
 */
export function fetchWithin(tracer: Tracer | undefined): Fetch {
  return async (url, given = {}) => {
    const init: RequestInit = given;
    const request = currentRequest();
    if (!request) return fetch(url, init);
    const headers = new Headers(init.headers);
    headers.set('X-Request-Id', request.requestId);
    const span = request.span && tracer?.startCall(init.method ?? 'GET', new URL(String(url)), request.span);
    const traceparent = (span ?? request.span)?.traceparent;
    if (traceparent !== undefined) headers.set('traceparent', traceparent);
    try {
      const response = await fetch(url, { ...init, headers });
      span?.end({
        attributes: { 'http.response.status_code': response.status },
        failed: response.status >= 500,
      });
      return response;
    } catch (error) {
      span?.end({ failed: true });
      throw error;
    }
  };
}
