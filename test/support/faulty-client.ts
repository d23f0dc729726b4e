import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type JSONWebKeySet, createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';

export type Defect =
  | 'stale_keys'
  | 'ignores_nonce'
  | 'ignores_issuer'
  | 'ignores_audience'
  | 'ignores_signature'
  | 'ignores_logout'
  | 'obeys_any_logout'
  | 'wrong_secret'
  | 'no_entry';

/** A relying party written by hand, right in all points but those it is told to get wrong. */
export interface FaultyClient {
  origin: string;
  server: Server;
  defects: Set<Defect>;
  /** Where it signs in; set once the provider is up. */
  issuer: string;
  clientId: string;
  /** ID tokens it was given, newest last. */
  idTokens: string[];
  /** Fetches the key set that `stale_keys` keeps. */
  learnKeys(): Promise<unknown>;
  /** Whatever it was given last. */
  setSecret(secret: string): void;
}

export async function startFaultyClient(firstSecret: string): Promise<FaultyClient> {
  const attempts = new Map<string, { verifier: string; nonce: string }>();
  const sessions = new Map<string, string>();
  let secret = firstSecret;
  let firstKeys: JSONWebKeySet | undefined;
  const client = {
    defects: new Set<Defect>(),
    issuer: '',
    clientId: 'probe-app',
    idTokens: [] as string[],
  } as FaultyClient;
  const has = (defect: Defect): boolean => client.defects.has(defect);
  const random = (): string => randomBytes(16).toString('base64url');
  const cookieOf = (req: IncomingMessage): string => /sid=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';

  const keys = async (): Promise<JSONWebKeySet> => {
    const now = (await (await fetch(`${client.issuer}/oidc/jwks`)).json()) as JSONWebKeySet;
    firstKeys ??= now;
    return has('stale_keys') ? firstKeys : now;
  };
  client.learnKeys = keys;
  client.setSecret = (given) => (secret = given);
  const read = async (token: string): Promise<Record<string, unknown>> => {
    if (has('ignores_signature')) return decodeJwt(token);
    const { payload } = await jwtVerify(token, createLocalJWKSet(await keys()), {
      algorithms: ['ES256', 'RS256'],
    });
    return payload;
  };
  const checked = async (token: string): Promise<Record<string, unknown>> => {
    const claims = await read(token);
    if (!has('ignores_issuer') && claims['iss'] !== client.issuer) throw new Error('iss');
    if (!has('ignores_audience') && claims['aud'] !== client.clientId) throw new Error('aud');
    if (Number(claims['exp']) < Date.now() / 1000) throw new Error('exp');
    return claims;
  };

  const login = (res: ServerResponse): void => {
    const [state, verifier, nonce] = [random(), randomBytes(32).toString('base64url'), random()];
    attempts.set(state, { verifier, nonce });
    const url = new URL('/oidc/auth', client.issuer);
    url.search = new URLSearchParams({
      ...{
        client_id: client.clientId,
        response_type: 'code',
        scope: 'openid subsystem_account',
        state,
        nonce,
      },
      redirect_uri: `${client.origin}/callback`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    res.writeHead(303, { location: has('no_entry') ? '/' : url.href }).end();
  };
  const callback = async (url: URL, res: ServerResponse): Promise<void> => {
    const attempt = attempts.get(url.searchParams.get('state') ?? '');
    const used = has('wrong_secret') ? 'not-the-secret' : secret;
    const answer = await fetch(`${client.issuer}/oidc/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client.clientId}:${used}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: url.searchParams.get('code') ?? '',
        code_verifier: attempt?.verifier ?? '',
        redirect_uri: `${client.origin}/callback`,
      }),
    });
    const { id_token: idToken = '' } = (await answer.json()) as { id_token?: string };
    client.idTokens.push(idToken);
    const claims = await checked(idToken);
    if (!has('ignores_nonce') && claims['nonce'] !== attempt?.nonce) throw new Error('nonce');
    const id = random();
    sessions.set(id, String(claims['sid']));
    res.writeHead(303, { location: '/', 'set-cookie': `sid=${id}; HttpOnly` }).end();
  };
  const logout = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const token = new URLSearchParams(await text(req)).get('logout_token') ?? '';
    const claims = has('obeys_any_logout') ? decodeJwt(token) : await checked(token);
    if (!has('obeys_any_logout') && (claims['nonce'] !== undefined || !claims['events'])) {
      throw new Error('logout token');
    }
    if (!has('ignores_logout')) {
      for (const [id, sid] of sessions) if (sid === claims['sid']) sessions.delete(id);
    }
    res.writeHead(200).end();
  };

  client.server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', client.origin);
    const answer = async (): Promise<void> => {
      if (url.pathname === '/login') login(res);
      else if (url.pathname === '/callback') await callback(url, res);
      else if (url.pathname === '/logout') await logout(req, res);
      else res.writeHead(url.pathname === '/session' && !sessions.has(cookieOf(req)) ? 401 : 200).end();
    };
    answer().catch(() => res.writeHead(400).end());
  });
  await new Promise<void>((resolve) => client.server.listen(0, '127.0.0.1', resolve));
  client.origin = `http://localhost:${(client.server.address() as AddressInfo).port}`;
  return client;
}
