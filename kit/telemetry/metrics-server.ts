import { type Serving, serve } from '../http/serve.ts';
import { CONTENT_TYPE } from './metrics.ts';

/**
 * Serves the metrics on a port of their own, away from the public one.
 * @param read the text, anew for each scrape
 * @throws ConfigurationError when the port is taken
 */
export function serveMetrics(read: () => Promise<string>, port: number, host: string): Promise<Serving> {
  return serve(
    (req, res) => {
      if (req.method !== 'GET' || req.url !== '/metrics') {
        res.writeHead(404).end();
        return;
      }
      read().then(
        (text) => res.writeHead(200, { 'Content-Type': CONTENT_TYPE, 'Cache-Control': 'no-store' }).end(text),
        () => res.writeHead(503).end(),
      );
    },
    port,
    host,
  );
}
