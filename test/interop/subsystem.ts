import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { freePort } from '../support/replica.ts';

export const USER_ACCOUNTS = ['P@00000001P@smp_01', 'P@00000001P@smp_02'] as const;
export const SECRET = 'a-synthetic-client-secret-for-interop';
export const SCOPE = 'openid profile email subsystem_account accounts';

export interface Doorstep {
  origin: string;
  callback: string;
  /** Claims of the logout tokens that arrived, in order. */
  logouts: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** Where the sample subsystem would be: nobody is at home, logout tokens are taken in. */
export async function openDoorstep(): Promise<Doorstep> {
  const logouts: Record<string, unknown>[] = [];
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      const token = new URLSearchParams(body).get('logout_token');
      if (token !== null) logouts.push(decodeJwt(token));
      res.end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const origin = `http://localhost:${port}`;
  return {
    ...{ origin, logouts, callback: `${origin}/callback` },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the manifest of `examples/clients` and that of its browser app read from the environment. */
export function sampleEnvironment(origin: string, browserOrigin: string): Record<string, string> {
  return {
    CLIENT_ORIGIN: origin,
    CLIENT_CALLBACK_URI: `${origin}/callback`,
    CLIENT_LOGOUT_URI: `${origin}/backchannel-logout`,
    BROWSER_ORIGIN: browserOrigin,
    CLIENT_SECRET_SAMPLE_APP: SECRET,
  };
}

export const SAMPLE_MANIFESTS = ['examples/clients/manifest.json', 'examples/clients/browser/manifest.json'];
