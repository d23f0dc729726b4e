import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TrialAccount } from '#db/idp/seed/trial.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { perform } from './deeds.ts';
import { renderPage } from './page.ts';
import type { Settings } from './settings.ts';
import { signInAs } from './sign-in.ts';

interface Front {
  settings: Settings;
  accounts: TrialAccount[];
  env: NodeJS.ProcessEnv;
  captcha: string;
}

/**
 * The page beside the provider, on loopback alone: who may sign in, by one click, and deeds.
 * It exists in this program only; the provider itself has no such door.
 */
export async function startFront(front: Front): Promise<{ origin: string; stop(): void }> {
  const port = front.settings.pagePort;
  const origin = `http://localhost:${port}`;
  const server = createServer((req, res) => {
    void answer(front, origin, req, res).catch((error: unknown) => {
      const said = { text: (error as Error).message, failed: true };
      send(res, 400, renderPage(front.settings, front.accounts, said));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => reject(new ConfigurationError(`Port ${port} is taken.`)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(front: Front, origin: string, req: IncomingMessage, res: ServerResponse) {
  const { settings, accounts, env, captcha } = front;
  const { pathname } = new URL(req.url ?? '/', origin);
  // a name that only points here, or a page of another origin, is nobody of this machine
  if (req.headers.host !== new URL(origin).host) return send(res, 403, '');
  if (req.method === 'GET' && pathname === '/accounts.json') {
    return send(res, 200, JSON.stringify(accounts), 'application/json');
  }
  if (req.method === 'GET' && pathname === '/')
    return send(res, 200, renderPage(settings, accounts, undefined));
  if (req.method !== 'POST') return send(res, 404, '');
  if (req.headers.origin !== undefined && req.headers.origin !== origin) return send(res, 403, '');
  const form = new URLSearchParams(await text(req));
  if (pathname === '/sign-in') {
    const cookies = await signInAs(settings.issuer, form.get('person') ?? '', captcha);
    res.writeHead(303, { location: settings.issuer, 'set-cookie': cookies }).end();
    return undefined;
  }
  if (pathname !== '/deeds') return send(res, 404, '');
  const said = { text: await perform(env, form.get('deed') ?? ''), failed: false };
  return send(res, 200, renderPage(settings, accounts, said));
}

function send(res: ServerResponse, status: number, body: string, type = 'text/html'): void {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://localhost:*";
  res.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': `${policy}; frame-ancestors 'none'; base-uri 'none'`,
    'cache-control': 'no-store',
  });
  res.end(body);
}
