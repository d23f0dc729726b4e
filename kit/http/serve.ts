import { type RequestListener, type Server, createServer } from 'node:http';
import { ConfigurationError } from '../errors.ts';
import { withBodyDeadline } from './body-deadline.ts';

export interface Serving {
  server: Server;
  port: number;
  /** Stops accepting, lets running requests finish for at most `graceMs`, then closes what is left. */
  stop(graceMs?: number): Promise<void>;
}

const BODY_MS = 30_000;
/** For the few addresses that take large files. */
const UPLOAD_MS = 600_000;

/**
 * Listens on `port` of `host` with time limits against slow clients.
 * @throws ConfigurationError when the port is taken or not allowed
 */
export async function serve(listener: RequestListener, port: number, host = '127.0.0.1'): Promise<Serving> {
  const server = createServer(
    { headersTimeout: 15_000, requestTimeout: UPLOAD_MS, keepAliveTimeout: 20_000, maxHeaderSize: 16 * 1024 },
    withBodyDeadline(listener, BODY_MS),
  );
  await new Promise<void>((resolve, reject) => {
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
  const address = server.address();
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: (graceMs = 10_000) =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
