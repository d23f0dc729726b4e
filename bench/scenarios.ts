import { type Party, type TokenSet, expectOk } from './party.ts';

export interface Scenario {
  key: string;
  name: string;
  connections: number;
  /** Operations a second when they come at a fixed rate. */
  rate: number;
  /** As which client; the confidential one without. */
  client?: 'public';
  /** Prepares one worker. @returns its operation, checked by its answer */
  prepare(party: Party): Promise<() => Promise<void>>;
}

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const fetches = (path: (party: Party) => string): Scenario['prepare'] => {
  return async (party) => async () => {
    expectOk(await party.connection.send(path(party)));
  };
};

const clientCredentials = (extra: (party: Party) => Record<string, string>): Scenario['prepare'] => {
  return async (party) => async () => {
    await party.token({ grant_type: 'client_credentials', ...extra(party) });
  };
};

const refreshes: Scenario['prepare'] = async (party) => {
  let { refresh_token } = await party.signIn();
  return async () => {
    const fresh: Partial<TokenSet> = await party.token({ grant_type: 'refresh_token', refresh_token });
    refresh_token = fresh.refresh_token ?? refresh_token;
  };
};

/** What each scenario does is one whole operation of a relying party, for any server of `servers/`. */
export const scenarios: Scenario[] = [
  {
    ...{ key: 'discovery', name: 'discovery', connections: 16, rate: 2000 },
    prepare: fetches(({ face }) => face.endpoints.discovery),
  },
  {
    ...{ key: 'jwks', name: 'JWKS', connections: 16, rate: 2000 },
    prepare: fetches(({ face }) => face.endpoints.jwks),
  },
  {
    ...{ key: 'client-credentials', name: 'client credentials, opaque', connections: 16, rate: 400 },
    prepare: clientCredentials(() => ({})),
  },
  {
    ...{ key: 'client-credentials-jwt', name: 'client credentials, JWT', connections: 16, rate: 400 },
    prepare: clientCredentials(({ face }) => ({
      scope: face.resource.scope,
      resource: face.resource.identifier,
    })),
  },
  {
    ...{ key: 'userinfo', name: 'userinfo', connections: 16, rate: 400 },
    async prepare(party) {
      const { access_token } = await party.signIn();
      const headers = { authorization: `Bearer ${access_token}` };
      return async () => {
        expectOk(await party.connection.send(party.face.endpoints.userinfo, headers));
      };
    },
  },
  {
    ...{ key: 'introspection', name: 'introspection', connections: 16, rate: 400 },
    async prepare(party) {
      const { access_token: token } = await party.signIn();
      return async () => {
        const { body } = expectOk(await party.post(party.face.endpoints.introspection, { token }));
        if (!body.includes('"active":true')) throw new Error(body);
      };
    },
  },
  {
    ...{ key: 'refresh', name: 'refresh, rotating', connections: 16, rate: 200 },
    client: 'public',
    prepare: refreshes,
  },
  {
    ...{ key: 'refresh-kept', name: 'refresh, confidential client', connections: 16, rate: 200 },
    prepare: refreshes,
  },
  {
    ...{ key: 'silent', name: 'silent sign-in, then the code', connections: 16, rate: 100 },
    async prepare(party) {
      await party.signIn();
      return async () => {
        await party.redeem(await party.authorize({ prompt: 'none' }));
      };
    },
  },
  {
    ...{ key: 'par', name: 'pushed request, silent, then the code', connections: 16, rate: 100 },
    async prepare(party) {
      await party.signIn();
      return async () => {
        await party.redeem(await party.authorizePushed({ prompt: 'none' }));
      };
    },
  },
  {
    ...{ key: 'exchange', name: 'account switch by token exchange', connections: 16, rate: 100 },
    async prepare(party) {
      let { access_token } = await party.signIn();
      let turn = 0;
      return async () => {
        turn += 1;
        ({ access_token } = await party.token({
          grant_type: TOKEN_EXCHANGE,
          subject_token: access_token,
          subject_token_type: ACCESS_TOKEN,
          account: party.accounts[turn % 2] ?? '',
        }));
      };
    },
  },
  {
    ...{ key: 'sign-in', name: 'complete password sign-in', connections: 8, rate: 10 },
    prepare: async (party) => async () => {
      await party.signIn();
    },
  },
];
