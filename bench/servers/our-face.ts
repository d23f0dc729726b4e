import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { FIXED_CAPTCHA } from '../../test/support/journey.ts';
import { readText } from '../../test/support/html.ts';
import { type Answer, type Connection, locationOf } from '../connection.ts';
import { CLIENT_ID, PUBLIC_CLIENT_ID, accountsOf, loginNameOf, rotatingAccountOf } from '../people.ts';
import type { Endpoints, ServerFace } from './types.ts';

export const OUR_ENDPOINTS: Endpoints = {
  authorization: '/oidc/auth',
  token: '/oidc/token',
  userinfo: '/oidc/userinfo',
  introspection: '/oidc/introspection',
  par: '/oidc/par',
  jwks: '/oidc/jwks',
  discovery: '/.well-known/openid-configuration',
};

const CALLBACK = 'http://localhost/callback';

/** How the identity provider of this repository is asked. */
export function faceOf({ issuer, clientSecret }: { issuer: string; clientSecret: string }): ServerFace {
  return {
    issuer,
    endpoints: OUR_ENDPOINTS,
    clients: {
      confidential: { id: CLIENT_ID, secret: clientSecret, redirectUri: CALLBACK },
      public: { id: PUBLIC_CLIENT_ID, secret: undefined, redirectUri: CALLBACK },
    },
    scope: 'openid profile subsystem_account accounts',
    resource: { identifier: 'https://bench.example/api', scope: 'read' },
    signIn,
    accountOf: (person, { id }) =>
      id === CLIENT_ID
        ? { account: accountsOf(person)[0] }
        : id === PUBLIC_CLIENT_ID
          ? { account: rotatingAccountOf(person) }
          : {},
    accountsOf,
  };
}

async function signIn(connection: Connection, begun: Answer, person: number): Promise<Answer> {
  const page = pathOf(begun);
  await connection.send(page);
  let answer = await connection.send(
    `${page}/password`,
    { origin: connection.origin }, // the issuer's, whichever replica answers
    { account: loginNameOf(person), password: DEMO_PASSWORD, captcha: FIXED_CAPTCHA },
  );
  for (let step = 0; new URL(locationOf(answer), connection.origin).origin === connection.origin; step += 1) {
    if (step > 5) throw new Error(`no way out of ${locationOf(answer)}: ${readText(answer.body)}`);
    answer = await connection.send(pathOf(answer));
  }
  return answer;

  function pathOf(redirect: Answer): string {
    const { pathname, search } = new URL(locationOf(redirect), connection.origin);
    return pathname + search;
  }
}
