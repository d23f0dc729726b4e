import { createHash, randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type CryptoKey, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';

export const CLIENT = { id: 'mch-app', secret: 'a client secret for tests' };
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

export interface OpAccount {
  id: string;
  binding: string;
  unit: { code: string; name: string; kind: string; county: string; town: string };
  role: string;
  duty: string;
  menu_roles: string[];
}

interface Grant {
  accountId: string;
  nonce?: string;
  challenge?: string;
  redirectUri?: string;
}

type Answer = {
  headers?: Record<string, string>;
  status: number;
  body: unknown;
};

/**
 * A single entry for tests of the relying party alone: strict in what it accepts (client, redirect URI, PKCE,
 * one use of a code and of a pushed request), and ready to answer wrongly on demand.
 */
export class FakeOp {
  issuer = '';
  sub = 'person-1';
  sid = 'sid-1';
  name = '陳護理師';
  accounts: OpAccount[] = [];
  /** What the browser's session here answers at the authorization endpoint; `consent` is given at once. */
  acting = '';
  authorizationError: ((parameters: URLSearchParams) => string | undefined) | undefined;
  /** Answers at the token endpoint in place of the right one; `'lost'`: done, but the connection breaks. */
  tokenAnswer: ((form: URLSearchParams) => Answer | 'lost' | undefined) | undefined;
  /** The ID token in place of the right one. */
  forge: ((claims: JWTPayload, op: FakeOp) => Promise<string>) | undefined;
  /** Parameters of the redirect back. */
  redirectBack: ((parameters: URLSearchParams) => void) | undefined;
  userinfoDown = false;
  /** Who acts for the person, as the ID token says. */
  act: { act: { sub: string; name: string }; act_until: number } | undefined;
  /** What userinfo says beside the name. */
  contact: Record<string, string> = {};
  /** Answers the directory API. */
  api: ((method: string, path: string) => Answer) | undefined;
  down = false;
  readonly asked: { path: string; form: URLSearchParams }[] = [];

  readonly #pushed = new Map<string, URLSearchParams>();
  readonly #codes = new Map<string, Grant>();
  readonly #access = new Map<string, Grant>();
  readonly #refresh = new Map<string, Grant>();
  #keys = [] as { kid: string; privateKey: CryptoKey; publicKey: CryptoKey }[];
  readonly #server = createServer((req, res) => void this.#answer(req, res));

  async start(): Promise<this> {
    await this.rotateKey();
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async rotateKey(): Promise<void> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    this.#keys.unshift({ kid: randomUUID(), ...pair });
  }

  /** As after an emergency: the keys so far are gone, another signs. */
  async revokeKeys(): Promise<void> {
    this.#keys = [];
    await this.rotateKey();
  }

  /** Kills every grant, as the end of the session does. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  /** A JWT signed by the present key. */
  async sign(
    claims: JWTPayload,
    { nameless = false, ...header }: { typ?: string; alg?: string; nameless?: boolean } = {},
  ): Promise<string> {
    const key = this.#keys[0];
    if (!key) throw new Error('not started');
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', ...(!nameless && { kid: key.kid }), ...header })
      .sign(key.privateKey);
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.down) return void res.destroy();
    const url = new URL(req.url ?? '/', this.issuer);
    const form = new URLSearchParams(req.method === 'POST' ? await text(req) : url.searchParams);
    this.asked.push({ path: url.pathname, form });
    if (url.pathname === '/auth') return this.#authorize(form, res);
    const answer = url.pathname.startsWith('/api/v1/')
      ? (this.api?.(req.method ?? '', url.pathname) ?? { status: 503, body: {} })
      : await this.#answerOf(url.pathname, form, req.headers.authorization ?? '');
    if (answer === 'lost') return void res.destroy();
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...answer.headers };
    res.writeHead(answer.status, headers);
    res.end(JSON.stringify(answer.body));
  }

  async #answerOf(path: string, form: URLSearchParams, authorization: string): Promise<Answer | 'lost'> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return { status: 200, body: this.#metadata() };
      case '/jwks':
        return { status: 200, body: { keys: await Promise.all(this.#keys.map(publicJwk)) } };
      case '/me':
        return this.#userinfo(authorization);
    }
    const basic = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
    if (decodeURIComponent(basic.replaceAll('+', ' ')) !== `${CLIENT.id}:${CLIENT.secret}`) {
      return { status: 401, body: { error: 'invalid_client' } };
    }
    return path === '/par' ? this.#push(form) : this.#token(form);
  }

  #metadata() {
    const at = (path: string) => this.issuer + path;
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/auth'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/me'),
      jwks_uri: at('/jwks'),
      pushed_authorization_request_endpoint: at('/par'),
      end_session_endpoint: at('/logout'),
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  #push(form: URLSearchParams): Answer {
    const requestUri = `urn:ietf:params:oauth:request_uri:${randomUUID()}`;
    this.#pushed.set(requestUri, form);
    return { status: 201, body: { request_uri: requestUri, expires_in: 60 } };
  }

  #authorize(query: URLSearchParams, res: ServerResponse): void {
    const wish = this.#pushed.get(query.get('request_uri') ?? '');
    this.#pushed.delete(query.get('request_uri') ?? '');
    if (!wish || wish.get('code_challenge_method') !== 'S256') return void res.writeHead(400).end();
    const back = new URLSearchParams({ state: wish.get('state') ?? '', iss: this.issuer });
    const error = this.authorizationError?.(wish);
    if (error) back.set('error', error);
    else {
      this.acting = wish.get('account') ?? wish.get('login_hint') ?? this.acting;
      const code = randomUUID();
      this.#codes.set(code, {
        accountId: this.acting,
        nonce: wish.get('nonce') ?? '',
        challenge: wish.get('code_challenge') ?? '',
        redirectUri: wish.get('redirect_uri') ?? '',
      });
      back.set('code', code);
    }
    this.redirectBack?.(back);
    res.writeHead(303, { location: `${wish.get('redirect_uri')}?${back.toString()}` }).end();
  }

  async #token(form: URLSearchParams): Promise<Answer | 'lost'> {
    const instead = this.tokenAnswer?.(form);
    if (instead !== undefined && instead !== 'lost') return instead;
    if (form.get('grant_type') === 'client_credentials') {
      return { status: 200, body: { access_token: 'own', token_type: 'Bearer', expires_in: 300 } };
    }
    const grant = this.#redeem(form);
    if (typeof grant === 'string') return { status: 400, body: { error: grant } };
    const [accessToken, refreshToken] = [randomUUID(), form.get('refresh_token') ?? randomUUID()];
    this.#access.set(accessToken, grant);
    this.#refresh.set(refreshToken, grant);
    if (instead === 'lost') return instead;
    return {
      status: 200,
      body: {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 600,
        refresh_token: refreshToken,
        id_token: await this.#idToken(grant),
        ...(form.get('grant_type') === EXCHANGE ? { issued_token_type: 'x' } : {}),
      },
    };
  }

  /** The grant that the request speaks of, or the error. */
  #redeem(form: URLSearchParams): Grant | string {
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const grant = this.#codes.get(form.get('code') ?? '');
        this.#codes.delete(form.get('code') ?? '');
        const proof = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        const good = grant?.challenge === proof && grant.redirectUri === form.get('redirect_uri');
        return good ? grant : 'invalid_grant';
      }
      case 'refresh_token':
        return this.#refresh.get(form.get('refresh_token') ?? '') ?? 'invalid_grant';
      case EXCHANGE: {
        if (!this.#access.has(form.get('subject_token') ?? '')) return 'invalid_request';
        const accountId = form.get('account') ?? '';
        if (!this.accounts.some((account) => account.id === accountId)) return 'invalid_target';
        this.revokeAll(); // the old grant dies with the switch
        this.acting = accountId;
        return { accountId };
      }
      default:
        return 'unsupported_grant_type';
    }
  }

  async #idToken(grant: Grant): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: CLIENT.id,
      sub: this.sub,
      sid: this.sid,
      iat: now,
      exp: now + 600,
      auth_time: now,
      ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
      subsystem_account: this.accounts.find((account) => account.id === grant.accountId),
      ...this.act,
    };
    return this.forge ? this.forge(claims, this) : this.sign(claims);
  }

  #userinfo(authorization: string): Answer {
    if (this.userinfoDown) return { status: 503, body: {} };
    const grant = this.#access.get(authorization.replace('Bearer ', ''));
    if (!grant) return { status: 401, body: { error: 'invalid_token' } };
    const others = this.accounts.filter((account) => account.id !== grant.accountId);
    return { status: 200, body: { sub: this.sub, name: this.name, ...this.contact, accounts: others } };
  }
}

async function publicJwk({ kid, publicKey }: { kid: string; publicKey: CryptoKey }) {
  return { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
}
