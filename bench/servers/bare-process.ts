import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import argon2 from 'argon2';
import Provider, { errors } from 'oidc-provider';

/* The library with its own in-memory storage, a password page of three lines, and a token exchange that only exchanges. */
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const RESOURCE = 'https://bench.example/api';
const SCOPE = 'openid profile subsystem_account accounts';
const port = Number(process.env['BARE_PORT']);
const cost = {
  type: argon2.argon2id as 2,
  memoryCost: Number(process.env['ARGON2_MEMORY_KIB'] ?? 19_456),
  timeCost: Number(process.env['ARGON2_TIME'] ?? 2),
  parallelism: 1,
};
const hash = await argon2.hash('password', cost);
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const subsystemAccount = {
  id: 'first',
  binding: 'first',
  unit: { code: '9876543210', name: 'unit' },
  role: 'member',
  duty: 'medical',
  menu_roles: ['menu'],
};

const provider: Provider = new Provider(`http://localhost:${port}`, {
  jwks: { keys: [{ ...key, use: 'sig', alg: 'ES256', kid: 'bare' }] },
  clients: [
    {
      client_id: 'bench',
      client_secret: process.env['BARE_SECRET'] ?? '',
      redirect_uris: ['http://localhost/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', EXCHANGE],
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: 'bench-public',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  clientDefaults: {
    id_token_signed_response_alg: 'ES256',
    introspection_signed_response_alg: 'ES256',
    authorization_signed_response_alg: 'ES256',
  } as never,
  routes: {
    authorization: '/oidc/auth',
    token: '/oidc/token',
    userinfo: '/oidc/userinfo',
    introspection: '/oidc/introspection',
    pushed_authorization_request: '/oidc/par',
    jwks: '/oidc/jwks',
  },
  scopes: SCOPE.split(' '),
  claims: {
    openid: ['sub', 'acr', 'amr', 'auth_time', 'subsystem_account'],
    profile: ['name', 'preferred_username'],
    subsystem_account: ['subsystem_account'],
    accounts: ['accounts'],
  },
  responseTypes: ['code'],
  extraParams: ['account'],
  conformIdTokenClaims: true,
  cookies: { keys: ['a key for a benchmark'] },
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none',
  expiresWithSession: () => true,
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      name: sub,
      preferred_username: sub,
      subsystem_account: subsystemAccount,
      accounts: [subsystemAccount],
    }),
  }),
  async loadExistingGrant(ctx) {
    const { session, client } = ctx.oidc;
    if (!session?.accountId || !client) return undefined;
    const known = session.grantIdFor(client.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(SCOPE);
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: () => ({
        scope: 'read',
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
provider.registerGrantType(
  EXCHANGE,
  async (ctx: Parameters<Parameters<Provider['registerGrantType']>[1]>[0]) => {
    const { client, params, provider: at } = ctx.oidc;
    const subject = await at.AccessToken.find(String(params?.['subject_token']));
    if (!subject || !client) throw new errors.InvalidRequest('subject_token is invalid');
    const grant = await at.Grant.find(subject.grantId ?? '');
    if (!grant) throw new errors.InvalidRequest('subject_token is invalid');
    const token = new at.AccessToken({
      client,
      accountId: subject.accountId,
      grantId: subject.grantId,
      sessionUid: subject.sessionUid,
      expiresWithSession: true,
      scope: subject.scope,
      gty: 'token_exchange',
    });
    ctx.body = {
      access_token: await token.save(),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: token.expiration,
      scope: token.scope,
    };
  },
  ['subject_token', 'subject_token_type', 'account'],
  [],
);

provider.on('server_error', (_ctx, error) => process.stderr.write(`${error.stack ?? error.message}\n`));

const callback = provider.callback();
const server = createServer((req, res) => {
  if (!req.url?.startsWith('/interaction/')) return void callback(req, res);
  if (req.method !== 'POST') {
    res.setHeader('content-type', 'text/html');
    return void res.end('<form method="post"><input name="account"><input name="password" type="password">');
  }
  let body = '';
  req.on('data', (chunk: Buffer) => (body += chunk.toString()));
  req.on('end', () => {
    const form = new URLSearchParams(body);
    void argon2
      .verify(hash, form.get('password') ?? '')
      .then((matches) =>
        provider.interactionFinished(
          req,
          res,
          matches ? { login: { accountId: form.get('account') ?? '' } } : {},
        ),
      );
  });
});
server.listen(port, '127.0.0.1', () => process.send?.({ ready: true }));
process.once('disconnect', () => process.exit());
