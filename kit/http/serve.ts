import { type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../errors.ts';
import { withBodyDeadline } from './body-deadline.ts';
import { LIMITS, type Limits } from './limits.ts';
import { inRequest } from './request-scope.ts';

/** How to stop; each part defaults to a stop in a hurry that still finishes what is under way. */
export interface StopOptions {
  /** Goes on accepting for so long, so that balancers notice first. */
  drainMs?: number;
  /** Kept-open connections get so long to bring one more request and hear that it is the last. */
  lingerMs?: number;
  /** Requests under way get so long after that. */
  graceMs?: number;
}

export interface Serving {
  server: Server;
  port: number;
  /** Requests being answered at this moment. */
  readonly underWay: number;
  /** Tells every client that its connection ends, stops accepting, finishes what is under way, closes the rest. */
  stop(options?: StopOptions): Promise<void>;
  /** Cuts a stop that is going on short. */
  hurry(): void;
}

const GRACE_MS = 10_000;
const HURRIED_GRACE_MS = 1000;

/**
 * Listens on `port` of `host` with limits against slow, large and numerous clients.
 * @throws ConfigurationError when the port is taken or not allowed
 */
export async function serve(
  listener: RequestListener,
  port: number,
  host = '127.0.0.1',
  limits: Partial<Limits> = {},
): Promise<Serving> {
  const { headersMs, bodyMs, uploadMs, keepAliveMs, silenceMs, headerBytes, headers, connections } = {
    ...LIMITS,
    ...limits,
  };
  const hurried = new AbortController();
  const underWay = new UnderWay();
  let closing = false;
  const answer = withBodyDeadline(listener, bodyMs);
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: uploadMs,
      keepAliveTimeout: keepAliveMs,
      // how late the two above may be noticed; Node looks every 30 seconds unless told
      connectionsCheckingInterval: 1000,
      maxHeaderSize: headerBytes,
    },
    (req, res) => {
      underWay.add(res);
      if (closing) res.setHeader('Connection', 'close');
      if (req.rawHeaders.length > headers * 2) return void res.writeHead(431, { connection: 'close' }).end();
      inRequest(res, () => answer(req, res));
    },
  );
  server.maxHeadersCount = 0; // beyond a maximum Node drops headers in silence, the proxies' last ones among them
  server.maxConnections = connections;
  server.setTimeout(silenceMs);
  await listen(server, port, host);
  const address = server.address();

  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : port,
    get underWay() {
      return underWay.size;
    },
    hurry: () => hurried.abort(),
    async stop({ drainMs = 0, lingerMs = 0, graceMs = GRACE_MS } = {}) {
      const pause = (ms: number): Promise<void> =>
        ms > 0 ? sleep(ms, undefined, { signal: hurried.signal }).catch(() => {}) : Promise.resolve();
      closing = true;
      for (const res of underWay.all()) if (!res.headersSent) res.setHeader('Connection', 'close');
      await pause(drainMs);
      // unlike http's own close, net's leaves idle connections open: their next request must not meet a closed door
      const closed = new Promise((resolve) => net.Server.prototype.close.call(server, resolve));
      await pause(lingerMs);
      server.closeIdleConnections();
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      const longest = hurried.signal.aborted ? Math.min(graceMs, HURRIED_GRACE_MS) : graceMs;
      const force = setTimeout(() => server.closeAllConnections(), longest);
      hurried.signal.addEventListener('abort', () => {
        setTimeout(() => server.closeAllConnections(), HURRIED_GRACE_MS).unref();
      });
      await closed;
      clearInterval(sweep);
      clearTimeout(force);
    },
  };
}

/**
 * The answers under way, each at a place that is free. A Set would leave a table behind whenever it grows or shrinks, and
 * each keeps what it named alive until the next full collection.
 */
class UnderWay {
  readonly #places: (ServerResponse | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#places.length - this.#free.length;
  }

  add(res: ServerResponse): void {
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = res;
    res.once('close', () => {
      this.#places[place] = undefined;
      this.#free.push(place);
    });
  }

  all(): ServerResponse[] {
    return this.#places.filter((res) => res !== undefined);
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const known: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use by another program: stop it or choose another port.`,
        EACCES: `Port ${port} may not be opened by this user: choose one above 1023.`,
      };
      const sentence = known[error.code ?? ''];
      reject(sentence === undefined ? error : new ConfigurationError(sentence));
    });
    server.listen(port, host, resolve);
  });
}
