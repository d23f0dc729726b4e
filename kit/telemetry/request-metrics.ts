import { Bounded } from './bounded.ts';
import type { Metrics } from './metrics.ts';
import type { FinishedRequest } from './types.ts';

/** Requests by route pattern and status class, and, where a registered client asks, by client and outcome. */
export function requestMetrics(metrics: Metrics): (request: FinishedRequest) => void {
  const byRoute = metrics.histogram(
    'http_request_duration_seconds',
    'Time from the first byte of a request to the last of its answer.',
    ['route', 'method', 'status'],
  );
  const byClient = metrics.counter(
    'http_client_requests_total',
    'Requests of registered clients: `ok`, the error code of the standard, or the status class.',
    ['route', 'client_id', 'outcome'],
  );
  const routes = new Bounded(1000);
  const clients = new Bounded(2000);
  const errors = new Bounded(60);
  return ({ route, method, status, aborted, seconds, clientId, error }) => {
    const kind = aborted ? 'aborted' : `${Math.floor(status / 100)}xx`;
    byRoute({ route: routes.take(route), method, status: kind }, seconds);
    if (clientId === undefined) return;
    const outcome = error === undefined ? outcomeOf(kind) : errors.take(error);
    byClient({ route: routes.take(route), client_id: clients.take(clientId), outcome });
  };
}

function outcomeOf(kind: string): string {
  return kind === '2xx' || kind === '3xx' ? 'ok' : kind;
}
