import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/*
 * The small backend of a browser app: it serves the page, and receives what no page can: the single entry's word that
 * a session has ended. The page listens on /events and forgets its tokens.
 */
const {
  ISSUER = 'http://localhost:3000',
  CLIENT_ID = 'sample-browser-app',
  PORT = '5000',
  SCOPE = 'openid profile email subsystem_account accounts',
} = process.env;
const library = new URL('../browser/oidc-client-ts.min.js', import.meta.resolve('oidc-client-ts'));
const file = (path) => readFileSync(new URL(path, import.meta.url));
const files = {
  '/': ['text/html', file('index.html')],
  '/app.js': ['text/javascript', file('app.js')],
  '/oidc-client-ts.js': ['text/javascript', readFileSync(library)],
  '/config': ['application/json', JSON.stringify({ issuer: ISSUER, clientId: CLIENT_ID, scope: SCOPE })],
};
for (const page of ['/callback', '/login']) files[page] = files['/'];

const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
const listeners = new Set();

/** OpenID Connect Back-Channel Logout 1.0, §2.6 */
async function takeLogout(req, res) {
  const token = new URLSearchParams(await text(req)).get('logout_token') ?? '';
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer: metadata.issuer, audience: CLIENT_ID, algorithms: ['ES256'], typ: 'logout+jwt' },
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
    });
    const { events, sub, sid, nonce } = payload;
    const isLogout = Object.hasOwn(events, 'http://schemas.openid.net/event/backchannel-logout');
    if (!isLogout || nonce !== undefined || (sub ?? sid) === undefined) throw new Error('no logout token');
    for (const listener of listeners) {
      const isMeant = sid === undefined ? listener.sub === sub : listener.sid === sid;
      if (isMeant) listener.res.write('event: ended\ndata:\n\n');
    }
    res.writeHead(200).end();
  } catch {
    res.writeHead(400).end();
  }
}

/** Told to the page at once, and again when it comes back from a pause. */
function listen(req, res, { searchParams }) {
  const listener = { sid: searchParams.get('sid'), sub: searchParams.get('sub'), res };
  listeners.add(listener);
  req.once('close', () => listeners.delete(listener));
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
}

const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost');
  if (req.method === 'POST' && url.pathname === '/backchannel-logout') return void takeLogout(req, res);
  if (url.pathname === '/events') return listen(req, res, url);
  const [type, body] = files[url.pathname] ?? [];
  if (!body) return res.writeHead(404).end();
  const policy = `default-src 'none'; script-src 'self'; connect-src 'self' ${ISSUER}; base-uri 'none'`;
  res.writeHead(200, {
    'content-type': type,
    'content-security-policy': policy,
    'cache-control': 'no-store',
  });
  res.end(body);
});
server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`http://localhost:${PORT}\n`);
  process.send?.({ ready: true });
});
for (const end of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(end, () => process.exit());
