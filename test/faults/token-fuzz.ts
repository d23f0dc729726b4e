import { Agent, request } from 'node:http';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { CLIENT_SECRET } from '../support/idp-world.ts';

type Json = Record<string, unknown>;

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const OWN_JWK = publicKey.export({ format: 'jwk' }) as Json;
const encode = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
const chance = (share: number): boolean => Math.random() < share;

const STRANGE: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, 2 ** 53, '', ' ', '\u0000', '\ud800', 'a'.repeat(5000), [], {}, [[]]],
  ...[
    'none',
    'None',
    'HS256',
    'RS256',
    'dir',
    'RSA1_5',
    '../../etc/passwd',
    "' or 1=1 --",
    '__proto__',
    'constructor',
  ],
  ...[
    { toString: 1 },
    { kty: 'oct', k: 'AA' },
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    ['exp'],
    'http://localhost:1/',
  ],
];
const HEADER = [
  'alg',
  'typ',
  'kid',
  'jwk',
  'jku',
  'x5u',
  'x5c',
  'crit',
  'b64',
  'enc',
  'zip',
  'epk',
  'p2c',
  'p2s',
  '__proto__',
];
const CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'htm',
  'htu',
  'ath',
  'nonce',
  'sid',
  'events',
  'acr',
  '__proto__',
];

/** A token that nobody should take and nothing should fail on. */
export function strangeToken(issuer: string): string {
  const now = Math.floor(Date.now() / 1000);
  const header: Json = { alg: 'ES256', typ: pick(['JWT', 'dpop+jwt', 'logout+jwt', 'at+jwt']), jwk: OWN_JWK };
  const claims: Json = {
    ...{ iss: pick([issuer, 'lab-app']), sub: 'lab-app', aud: issuer, iat: now, exp: now + 60 },
    ...{ jti: randomBytes(8).toString('hex'), htm: 'POST', htu: `${issuer}/oidc/token` },
  };
  for (let turn = 0; chance(0.6) && turn < 4; turn += 1) header[pick(HEADER)] = pick(STRANGE);
  for (let turn = 0; chance(0.6) && turn < 4; turn += 1) claims[pick(CLAIMS)] = pick(STRANGE);
  let head = JSON.stringify(header);
  let body = JSON.stringify(claims);
  if (chance(0.05)) body = `${'['.repeat(1500)}${']'.repeat(1500)}`;
  if (chance(0.05)) head = body;
  const input = `${encode(head)}.${encode(body)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  let token = `${input}.${encode(signature)}`;
  if (chance(0.1))
    token = Array.from({ length: pick([1, 2, 4, 5, 6, 40]) }, () => encode(randomBytes(12))).join('.');
  for (let turn = 0; chance(0.3) && turn < 5; turn += 1) {
    const at = Math.floor(Math.random() * token.length);
    token =
      token.slice(0, at) +
      pick(['', '.', '..', '=', '%00', 'A', '-', '_', '+', '/', 'é']) +
      token.slice(at + 1);
  }
  return token.slice(0, 7000);
}

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const basic = `Basic ${Buffer.from(`lab-app:${CLIENT_SECRET}`).toString('base64')}`;

/** Every place that reads a token of somebody else's making. */
const PLACES: ((token: string) => { path: string; form?: Json; headers?: Record<string, string> })[] = [
  (token) => ({
    path: '/oidc/token',
    form: { grant_type: 'client_credentials', client_assertion: token, client_assertion_type: ASSERTION },
  }),
  (token) => ({
    path: '/oidc/token',
    form: { grant_type: 'refresh_token', refresh_token: 'x' },
    headers: { authorization: basic, dpop: token },
  }),
  (token) => ({ path: '/oidc/introspection', form: { token }, headers: { authorization: basic } }),
  (token) => ({ path: '/oidc/userinfo', headers: { authorization: `Bearer ${token}` } }),
  (token) => ({ path: '/oidc/userinfo', headers: { authorization: `DPoP ${token}`, dpop: token } }),
  (token) => ({ path: `/oidc/logout?id_token_hint=${encodeURIComponent(token)}` }),
  (token) => ({
    path: `/oidc/auth?client_id=spa-app&request=${encodeURIComponent(token)}&id_token_hint=${encodeURIComponent(token)}&prompt=none`,
  }),
  (token) => ({
    path: '/oidc/token',
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      account: 'x',
    },
    headers: { authorization: basic },
  }),
  (token) => ({ path: '/oidc/revocation', form: { token }, headers: { authorization: basic } }),
];

/** Tokens whose headers would have the reader fetch, trust or work for them, each alone. */
export function leadingTokens(issuer: string, elsewhere: string): [string, string][] {
  const now = Math.floor(Date.now() / 1000);
  const claims = encode(
    JSON.stringify({
      ...{
        iss: issuer,
        sub: 'lab-app',
        aud: issuer,
        iat: now,
        exp: now + 60,
        jti: randomBytes(8).toString('hex'),
      },
      ...{ htm: 'POST', htu: `${issuer}/oidc/token` },
    }),
  );
  const signed = (header: Json): string => {
    const input = `${encode(JSON.stringify({ alg: 'ES256', ...header }))}.${claims}`;
    return `${input}.${encode(sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`;
  };
  const sealed = (header: Json): string =>
    [JSON.stringify({ enc: 'A256GCM', ...header }), ...[40, 12, 64, 16].map((size) => randomBytes(size))]
      .map(encode)
      .join('.');
  const derived = { p2s: encode(randomBytes(16)), p2c: 1_000_000_000 };
  const headers: Json[] = [
    ...[{ jku: elsewhere }, { x5u: elsewhere }, { jwk: OWN_JWK }, { x5c: ['AAAA'] }, { crit: ['exp'] }],
    ...[{ crit: ['b64'], b64: false }, { b64: false }, { zip: 'DEF' }, { cty: 'JWT' }, { alg: 'none' }],
    ...[{ kid: '../../../../etc/passwd' }, { kid: "x' or 1=1 --" }, { kid: elsewhere }, { alg: 'HS256' }],
  ];
  const nested: Json[] = [
    ...['PBES2-HS256+A128KW', 'PBES2-HS512+A256KW'].map((alg) => ({ alg, ...derived })),
    ...['dir', 'RSA1_5', 'RSA-OAEP-256', 'ECDH-ES'].map((alg) => ({
      alg,
      epk: OWN_JWK,
      cty: 'JWT',
      zip: 'DEF',
    })),
  ];
  const kinds = ['JWT', 'dpop+jwt', 'at+jwt'];
  return [
    ...headers
      .flatMap((header) => kinds.map((typ) => ({ typ, ...header })))
      .map((header) => ({ header, token: signed(header) })),
    ...nested.map((header) => ({ header, token: sealed(header) })),
  ].map(({ header, token }) => [JSON.stringify(header).slice(0, 120), token]);
}

/** Sends one token to every place that reads one. @returns the path, status and time of each answer */
export async function sendEverywhere(issuer: string, token: string) {
  const agent = new Agent();
  const answers: { path: string; status: number; tookMs: number }[] = [];
  for (const place of PLACES) {
    const { path, ...rest } = place(token);
    const from = performance.now();
    const status = await send(agent, issuer, { path, ...rest });
    answers.push({ path: path.split('?')[0] ?? '', status, tookMs: performance.now() - from });
  }
  return answers;
}

/** Sends so many strange tokens over a few connections. @returns those answered by 500 and above, or not at all */
export async function fuzzTokens(issuer: string, count: number, connections = 8): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const bad: string[] = [];
  let sent = 0;
  const one = async (): Promise<void> => {
    while (sent < count && bad.length < 20) {
      const place = PLACES[sent % PLACES.length];
      sent += 1;
      const token = strangeToken(issuer);
      const status = await send(agent, issuer, place?.(token) ?? { path: '/' });
      if (status >= 500 || status === 0) bad.push(`${status} ${sent % PLACES.length} ${token.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  return bad;
}

function send(
  agent: Agent,
  issuer: string,
  { path, form, headers = {} }: { path: string; form?: Json; headers?: Record<string, string> },
): Promise<number> {
  const body = form && new URLSearchParams(form as Record<string, string>).toString();
  // a header may hold less than a form
  const safe = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[^\x20-\x7e]/g, '?')]),
  );
  return new Promise((resolve) => {
    const outgoing = request(
      `${issuer}${path}`,
      {
        agent,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...safe,
          ...(body !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          }),
        },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
        answer.once('error', () => resolve(0));
      },
    );
    outgoing.once('error', () => resolve(0));
    outgoing.end(body);
  });
}
