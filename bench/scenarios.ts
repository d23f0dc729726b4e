import { type Party, type TokenSet, expectOk } from './party.ts';

export interface Scenario {
  name: string;
  connections: number;
  /** Prepares one worker. @returns its operation */
  prepare(party: Party): Promise<() => Promise<void>>;
}

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** What each scenario does is one whole operation of a relying party, checked by its answer. */
export const scenarios: Scenario[] = [
  {
    name: 'discovery',
    connections: 16,
    prepare: async (party) => async () => {
      expectOk(await party.connection.send('/.well-known/openid-configuration'));
    },
  },
  {
    name: 'client credentials, JWT',
    connections: 16,
    prepare: async (party) => async () => {
      await party.token({
        grant_type: 'client_credentials',
        scope: 'read',
        resource: 'https://bench.example/api',
      });
    },
  },
  {
    name: 'userinfo',
    connections: 16,
    async prepare(party) {
      const tokens = await party.signIn();
      return async () => {
        expectOk(
          await party.connection.send('/oidc/userinfo', { authorization: `Bearer ${tokens.access_token}` }),
        );
      };
    },
  },
  {
    name: 'introspection',
    connections: 16,
    async prepare(party) {
      const tokens = await party.signIn();
      return async () => {
        const { body } = expectOk(await party.post('/oidc/introspection', { token: tokens.access_token }));
        if (!body.includes('"active":true')) throw new Error(body);
      };
    },
  },
  {
    name: 'refresh',
    connections: 16,
    async prepare(party) {
      let tokens = await party.signIn();
      return async () => {
        const fresh = await party.token({
          grant_type: 'refresh_token',
          refresh_token: tokens.refresh_token,
        });
        tokens = { ...tokens, ...fresh };
      };
    },
  },
  {
    name: 'silent sign-in, then the code',
    connections: 16,
    async prepare(party) {
      await party.signIn();
      return async () => {
        await party.redeem(await party.authorize({ prompt: 'none' }));
      };
    },
  },
  {
    name: 'account switch by token exchange',
    connections: 16,
    async prepare(party) {
      let tokens: TokenSet = await party.signIn();
      let turn = 0;
      return async () => {
        turn += 1;
        tokens = await party.token({
          grant_type: TOKEN_EXCHANGE,
          subject_token: tokens.access_token,
          subject_token_type: ACCESS_TOKEN,
          account: party.accounts[turn % 2] ?? '',
        });
      };
    },
  },
  {
    name: 'complete password sign-in',
    connections: 8,
    prepare: async (party) => async () => {
      await party.signIn();
    },
  },
];
