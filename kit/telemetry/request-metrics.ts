import { Bounded } from './bounded.ts';
import { Histogram } from './histogram.ts';
import type { Metrics } from './metrics.ts';
import type { FinishedRequest } from './types.ts';

const KINDS = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx'];

/** Requests by route pattern and status class, and, where a registered client asks, by client and outcome. */
export function requestMetrics(metrics: Metrics): (request: FinishedRequest) => void {
  const byRoute = new Histogram(
    'http_request_duration_seconds',
    'Time from the first byte of a request to the last of its answer.',
  );
  metrics.register(byRoute);
  const byClient = new Map<string, { labels: Record<string, string>; count: number }>();
  metrics.add({
    name: 'http_client_requests_total',
    help: 'Requests of registered clients: `ok`, the error code of the standard, or the status class.',
    kind: 'counter',
    labels: ['route', 'client_id', 'outcome'],
    read: () => [...byClient.values()].map(({ labels, count }) => [labels, count] as const),
  });
  const routes = new Bounded(1000);
  const clients = new Bounded(2000);
  const errors = new Bounded(60);
  return ({ route, method, status, aborted, seconds, clientId, error }) => {
    const kind = aborted ? 'aborted' : (KINDS[Math.floor(status / 100)] ?? 'other');
    const at = routes.take(route);
    byRoute.observe(`${method} ${kind} ${at}`, seconds, () => ({ route: at, method, status: kind }));
    if (clientId === undefined) return;
    const outcome = error === undefined ? outcomeOf(kind) : errors.take(error);
    const client = clients.take(clientId);
    const key = `${outcome} ${client} ${at}`;
    const known = byClient.get(key);
    if (known) known.count += 1;
    else byClient.set(key, { labels: { route: at, client_id: client, outcome }, count: 1 });
  };
}

function outcomeOf(kind: string): string {
  return kind === '2xx' || kind === '3xx' ? 'ok' : kind;
}
