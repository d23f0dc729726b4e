import { randomBytes } from 'node:crypto';
import { freePort, startReplica } from '../../test/support/replica.ts';
import { type Answer, type Connection, locationOf } from '../connection.ts';
import { OUR_ENDPOINTS } from './our-face.ts';
import type { ServerPlugin } from './types.ts';

const CALLBACK = 'http://localhost/callback';

/**
 * oidc-provider by itself, its artefacts in the memory of the process: nothing is kept, audited or counted. What
 * anything built on it could reach at best, so each target is a share of it.
 */
export const bare: ServerPlugin = {
  name: 'bare oidc-provider, in memory',
  scenarios: [
    ...['discovery', 'jwks', 'client-credentials', 'client-credentials-jwt', 'userinfo', 'introspection'],
    ...['refresh', 'refresh-kept', 'silent', 'par', 'exchange', 'sign-in'],
  ],
  async start() {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const secret = randomBytes(32).toString('base64url');
    const replica = await startReplica(['bench/servers/bare-process.ts'], {
      NODE_ENV: 'production',
      BARE_PORT: String(port),
      BARE_SECRET: secret,
      ...(process.env['ARGON2_MEMORY_KIB'] && { ARGON2_MEMORY_KIB: process.env['ARGON2_MEMORY_KIB'] }),
      ...(process.env['ARGON2_TIME'] && { ARGON2_TIME: process.env['ARGON2_TIME'] }),
    });
    return {
      face: {
        issuer,
        endpoints: OUR_ENDPOINTS,
        clients: {
          confidential: { id: 'bench', secret, redirectUri: CALLBACK },
          public: { id: 'bench-public', secret: undefined, redirectUri: CALLBACK },
        },
        scope: 'openid profile subsystem_account accounts',
        resource: { identifier: 'https://bench.example/api', scope: 'read' },
        signIn,
        accountsOf: () => ['first', 'second'],
      },
      processes: { server: replica.pid },
      stop: () => replica.kill(),
    };
  },
};

async function signIn(connection: Connection, begun: Answer, person: number): Promise<Answer> {
  const page = locationOf(begun);
  await connection.send(page);
  const answer = await connection.send(page, {}, { account: `person-${person}`, password: 'password' });
  const { pathname, search } = new URL(locationOf(answer), connection.origin);
  return connection.send(pathname + search);
}
