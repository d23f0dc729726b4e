import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type JWK, type JWTPayload, SignJWT, importJWK } from 'jose';

/** One client of a plan, as the suite is told of it. */
export interface SuiteClient {
  client_id: string;
  jwks: { keys: [JWK] };
  mtls: { cert: string; key: string };
}

/** @param file where the plans are written */
export function readSuiteClient(file: string, mode: 'poll' | 'ping', which: '' | '2'): SuiteClient {
  const plans = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, object>>;
  const plan = plans[`fapi-ciba-id1-test-plan (${mode})`];
  return { ...plan?.[`client${which}`], mtls: plan?.[`mtls${which}`] } as SuiteClient;
}

export interface SuiteAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The suite at the backchannel and token endpoints: signed requests, assertions, a certificate. */
export function cibaSuite(issuer: string, ca: string, client: SuiteClient) {
  const now = (): number => Math.floor(Date.now() / 1000);
  const sign = async (claims: JWTPayload, alg = 'PS256', by: JWK = client.jwks.keys[0]): Promise<string> => {
    const { alg: _own, ...jwk } = by;
    const key = await importJWK(jwk, alg);
    return new SignJWT(claims).setProtectedHeader({ alg, kid: String(jwk.kid) }).sign(key);
  };
  const assertion = (alg?: string): Promise<string> =>
    sign(
      {
        ...{ iss: client.client_id, sub: client.client_id, aud: issuer, jti: randomUUID() },
        ...{ iat: now(), exp: now() + 60 },
      },
      alg,
    );
  const claims = (change: Record<string, unknown> = {}): JWTPayload => {
    const all = {
      ...{ iss: client.client_id, aud: issuer, jti: randomUUID() },
      ...{ iat: now(), nbf: now(), exp: now() + 300 },
      ...{ scope: 'openid profile', login_hint: 'demo.nurse', binding_message: '1234' },
      ...change,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };
  const post = (path: string, form: Record<string, string>, shown = client.mtls): Promise<SuiteAnswer> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const sent = request(new URL(path, issuer), { method: 'POST', ca, headers, ...shown }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          const isJson = response.headers['content-type']?.includes('json') ?? false;
          const body = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
          resolve({ status: response.statusCode ?? 0, body });
        });
      });
      sent.on('error', reject).end(new URLSearchParams(form).toString());
    });
  const authenticated = async (
    path: string,
    form: Record<string, string>,
    shown?: SuiteClient['mtls'],
    alg?: string,
  ): Promise<SuiteAnswer> =>
    post(
      path,
      {
        ...{ client_id: client.client_id, client_assertion: await assertion(alg), ...form },
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      },
      shown,
    );
  const unsigned = (payload: JWTPayload): string =>
    `${[{ alg: 'none' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  return {
    now,
    sign,
    unsigned,
    claims,
    post,
    authenticated,
    async ask(change?: Record<string, unknown>): Promise<SuiteAnswer> {
      return authenticated('/oidc/backchannel', { request: await sign(claims(change)) });
    },
    fetch: (id: unknown, shown?: SuiteClient['mtls'], alg?: string) =>
      authenticated(
        '/oidc/token',
        { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: String(id) },
        shown,
        alg,
      ),
    decide: (id: unknown, action: string) =>
      post(`/certification/ciba?auth_req_id=${encodeURIComponent(String(id))}&action=${action}`, {}),
  };
}
