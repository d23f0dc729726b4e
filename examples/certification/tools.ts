import type { RequestListener, ServerResponse } from 'node:http';
import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';

interface Tools {
  database: Pick<Database<IdpTables>, 'query'>;
  issuer: string;
  /** Announces another key of every algorithm. */
  rotateKeys: () => Promise<void>;
}

const BEGIN = '/certification/third-party-login';
const text = (value: string): string =>
  value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * What a tester needs beside the provider: a page that begins a sign-in at any client from outside (OpenID Connect
 * Core §4), and a call that has the keys rotated while a test waits.
 */
export function certificationTools({ database, issuer, rotateKeys }: Tools): RequestListener {
  const clients = () =>
    database.query<{ id: string; uri: string }>(
      `select client_id as id, metadata->>'initiate_login_uri' as uri from client
       where metadata ? 'initiate_login_uri' and status = 'active' order by client_id`,
      [],
    );
  const answer = async (method: string, url: URL, res: ServerResponse): Promise<void> => {
    if (method === 'POST' && url.pathname === '/certification/keys') {
      await rotateKeys();
      res.writeHead(204).end();
    } else if (method === 'GET' && url.pathname === BEGIN) {
      const wanted = url.searchParams.get('client');
      const all = await clients();
      const client = all.find(({ id }) => id === wanted);
      if (client) return void res.writeHead(303, { location: beginning(client.uri, issuer) }).end();
      const lines = all.map(
        ({ id }) =>
          `<li><a id="${text(id)}" href="${BEGIN}?client=${encodeURIComponent(id)}">${text(id)}</a></li>`,
      );
      res.setHeader('content-type', 'text/html; charset=utf-8');
      res.end(
        `<!doctype html><html lang="en"><title>Begin a sign-in</title><h1>Begin a sign-in at</h1><ul>${lines.join('')}</ul>`,
      );
    } else {
      res.writeHead(404).end();
    }
  };
  return (req, res) => {
    answer(req.method ?? '', new URL(req.url ?? '/', issuer), res).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      if (!res.headersSent) res.writeHead(500);
      res.end();
    });
  };
}

function beginning(uri: string, issuer: string): string {
  const url = new URL(uri);
  url.searchParams.set('iss', issuer);
  return url.href;
}
