import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';

export type Door = 'discovery' | 'token' | 'keys' | 'par' | 'userinfo';

/** What the provider says and does otherwise than it should. */
export interface Lies {
  /** Members of its metadata. */
  metadata?: Record<string, unknown>;
  /** Claims of the ID token; undefined leaves one out. */
  claims?: Record<string, unknown>;
  /** Parameters of its answer to the browser; undefined leaves one out. */
  answer?: Record<string, string | undefined>;
  userinfo?: Record<string, unknown>;
  /** Signs nothing, or with a key that it does not publish or that the token brings, or as with its public key as a secret. */
  signs?: 'none' | 'unpublished' | 'embedded' | 'hmac';
  /** At which door it stands silent, or falls. */
  silent?: Door;
  broken?: Door;
  /** Says what is no answer to the question. */
  garbled?: Door;
  /** Megabytes of metadata. */
  swollen?: boolean;
}

/** Who signs in there, and how. */
export interface Somebody {
  sub: string;
  name?: string;
  email?: string;
  acr?: string;
  amr?: string[];
}

export interface LyingProvider {
  issuer: string;
  lies: Lies;
  /** At which door how many milliseconds pass before it answers. */
  slow: Partial<Record<Door, number>>;
  who: Somebody;
  /** The last authorization request, pushed or not. */
  asked: URLSearchParams;
  /** Forms that came to the token endpoint. */
  redeemed: URLSearchParams[];
  /** Which requests came, by path. */
  visits: string[];
  /** A logout token with these claims instead of the right ones; undefined leaves one out. */
  logoutToken(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** The right one for a subject. */
  logoutOf(sub: string): Promise<string>;
  stop(): Promise<void>;
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

interface Code {
  nonce: string;
  challenge: string;
  redirectUri: string;
  /** Seconds. */
  authTime: number;
}

/** An OpenID Provider of an institution, on this machine, which signs everybody in at once and lies as it is told. */
export async function startLyingProvider(): Promise<LyingProvider> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  const other = await generateKeyPair('RS256', { extractable: true });
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, Code>();
  const pushed = new Map<string, URLSearchParams>();

  const server = createServer((req, res) => {
    void answer(req, res).catch((error: unknown) => {
      res.statusCode = 500;
      res.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider: LyingProvider = {
    issuer,
    lies: {},
    slow: {},
    who: { sub: 'subject-1', name: '王機構', email: 'wang@hospital.example.test' },
    asked: new URLSearchParams(),
    redeemed: [],
    visits: [],
    logoutToken: (claims, header = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const right = {
        iss: issuer,
        aud: 'single-entry',
        iat: now,
        exp: now + 120,
        jti: randomBytes(8).toString('hex'),
      };
      const said = { ...right, events: { [LOGOUT_EVENT]: {} }, ...claims };
      const kept = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
      return sign(kept, { typ: 'logout+jwt', ...header });
    },
    logoutOf: (sub) => provider.logoutToken({ sub }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const json = (res: ServerResponse, body: unknown, status = 200): void => {
    res.writeHead(status, { 'content-type': 'application/json' });
    res.end(JSON.stringify(body));
  };
  const sign = async (claims: JWTPayload, header: Record<string, unknown> = {}): Promise<string> => {
    const { signs } = provider.lies;
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    if (signs === 'none') return `${part({ alg: 'none', ...header })}.${part(claims)}.`;
    if (signs === 'hmac') {
      const secret = await importJWK(
        { kty: 'oct', k: Buffer.from(JSON.stringify(publicJwk)).toString('base64url') },
        'HS256',
      );
      return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1', ...header }).sign(secret);
    }
    const key = signs === undefined ? pair.privateKey : other.privateKey;
    const own = { jwk: await exportJWK(other.publicKey), jku: `${issuer}/other-keys`, kid: 'k2' };
    const named = { kid: 'k1', ...(signs === 'embedded' && own) };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...named, ...header }).sign(key);
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', issuer);
    provider.visits.push(url.pathname);
    const doors: Record<string, Door> = {
      '/.well-known/openid-configuration': 'discovery',
      '/token': 'token',
      '/jwks': 'keys',
      '/par': 'par',
      '/userinfo': 'userinfo',
    };
    const door = doors[url.pathname];
    if (door !== undefined && provider.lies.silent === door) return; // until the asker gives up
    if (door !== undefined && provider.lies.broken === door) return json(res, { error: 'server_error' }, 500);
    if (door !== undefined && provider.lies.garbled === door)
      return json(res, ['<html>maintenance</html>', { sub: null }]);
    const body = new URLSearchParams(await textOf(req));
    if (door !== undefined) await new Promise((resolve) => setTimeout(resolve, provider.slow[door] ?? 0));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(res, metadata());
      case '/jwks':
        return json(res, { keys: [publicJwk] });
      case '/par': {
        const uri = `urn:ietf:params:oauth:request_uri:${randomBytes(8).toString('hex')}`;
        pushed.set(uri, body);
        return json(res, { request_uri: uri, expires_in: 60 }, 201);
      }
      case '/authorize':
        return authorize(pushed.get(url.searchParams.get('request_uri') ?? '') ?? url.searchParams, res);
      case '/token':
        return token(body, res);
      case '/userinfo': {
        const { sub, name, email } = provider.who;
        return json(res, { sub, name, email, ...provider.lies.userinfo });
      }
      default:
        return json(res, {}, 404);
    }
  }

  function metadata(): Record<string, unknown> {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      end_session_endpoint: `${issuer}/end`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      ...provider.lies.metadata,
      ...(provider.lies.swollen && { padding: 'x'.repeat(1024 * 1024) }),
    };
  }

  function authorize(query: URLSearchParams, res: ServerResponse): void {
    provider.asked = query;
    const code = randomBytes(12).toString('hex');
    const redirectUri = query.get('redirect_uri') ?? '';
    codes.set(code, {
      nonce: query.get('nonce') ?? '',
      challenge: query.get('code_challenge') ?? '',
      redirectUri,
      authTime: Math.floor(Date.now() / 1000),
    });
    const target = new URL(redirectUri);
    const said = { code, state: query.get('state') ?? '', iss: issuer, ...provider.lies.answer };
    for (const [name, value] of Object.entries(said)) {
      if (value !== undefined) target.searchParams.set(name, value);
    }
    res.writeHead(303, { location: target.href });
    res.end();
  }

  async function token(form: URLSearchParams, res: ServerResponse): Promise<void> {
    provider.redeemed.push(form);
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || challenge !== code.challenge || form.get('redirect_uri') !== code.redirectUri) {
      return json(res, { error: 'invalid_grant' }, 400);
    }
    const now = Math.floor(Date.now() / 1000);
    const { sub, acr, amr } = provider.who;
    const claims: JWTPayload = {
      iss: issuer,
      sub,
      aud: 'single-entry',
      iat: now,
      exp: now + 300,
      auth_time: code.authTime,
      nonce: code.nonce,
      sid: `sid-${sub}`,
      ...(acr !== undefined && { acr }),
      ...(amr && { amr }),
      ...provider.lies.claims,
    };
    const said = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    json(res, { access_token: 'at', token_type: 'Bearer', expires_in: 60, id_token: await sign(said) });
  }
  return provider;
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}
