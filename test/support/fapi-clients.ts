import * as oidc from 'openid-client';
import type { CryptoKeyPair } from 'openid-client';
import { eventually } from './eventually.ts';
import type { IdpWorld } from './idp-world.ts';
import { type Journey, type Page, signIn } from './journey.ts';
import { browserOf } from './relying-party.ts';
import {
  type SignedKey,
  type SigningClient,
  VERIFIER,
  declareSigningClient,
  makeKey,
} from './signing-client.ts';

export const REDIRECT = 'https://fapi.example/callback';
const PROFILE = {
  redirect_uris: [REDIRECT],
  require_pushed_authorization_requests: true,
  dpop_bound_access_tokens: true,
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
};

type Answer = Awaited<ReturnType<SigningClient['send']>>;
/** What of the usual is changed; undefined leaves it out. */
type Change = Record<string, string | undefined>;
type Options = Parameters<SigningClient['send']>[2];

/** Two clients, one of each FAPI 2.0 profile, and somebody signed in. */
export interface FapiClients {
  secure: SigningClient;
  signing: SigningClient;
  keys: Record<'ES256' | 'PS256' | 'EdDSA' | 'RS256', SignedKey>;
  dpop: CryptoKeyPair;
  other: CryptoKeyPair;
  nurse: Journey;
  push(client: SigningClient, change?: Change): Promise<Answer>;
  pushSigned(claims?: Record<string, unknown>, header?: object, key?: SignedKey): Promise<Answer>;
  ask(parameters: Record<string, string>): Promise<Page>;
  askPushed(client: SigningClient, pushed: { body: Record<string, unknown> }): Promise<URL>;
  code(change?: Change): Promise<string>;
  redemption(code: string): Record<string, string>;
  redeem(change?: Change): Promise<Answer>;
  ownToken(parameters?: Record<string, string>, options?: Options): Promise<Answer>;
  asserted(claims: Record<string, unknown>, key?: SignedKey): Promise<Answer>;
  bare(path: string, parameters: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
}

export async function declareFapiClients(world: IdpWorld): Promise<FapiClients> {
  const [ES256, PS256, EdDSA, RS256] = await Promise.all([
    makeKey('ES256'),
    makeKey('PS256'),
    makeKey('EdDSA'),
    makeKey('RS256'),
  ]);
  const keys = { ES256, PS256, EdDSA, RS256 };
  const [dpop, other] = await Promise.all([oidc.randomDPoPKeyPair(), oidc.randomDPoPKeyPair()]);
  const declare = async (code: string, more: object): Promise<SigningClient> => {
    const { client, answer } = await declareSigningClient(world, code, ES256, (manifest) => {
      manifest['exchange'] = { allowed: false };
      Object.assign(
        manifest.client,
        PROFILE,
        { jwks: { keys: Object.values(keys).map(({ jwk }) => jwk) } },
        more,
      );
    });
    if (answer.code !== 0) throw new Error(answer.output);
    return client;
  };
  const secure = await declare('fapisp', { profile: 'fapi2-security' });
  const signing = await declare('fapims', {
    profile: 'fapi2-message-signing',
    require_signed_request_object: true,
    response_modes: ['jwt', 'form_post.jwt'],
  });
  const nurse = browserOf(world);
  nurse.stopBefore((url) => url.hostname === 'fapi.example');
  await nurse.open(`${world.issuer}/sign-in`);
  await signIn(nurse, 'demo.nurse');

  const self: FapiClients = {
    ...{ secure, signing, keys, dpop, other, nurse },
    push: (client, change = {}) => client.send('/oidc/par', client.request(change)),
    async pushSigned(claims = {}, header = {}, key = ES256) {
      const all = { response_mode: 'jwt', ...claims };
      return signing.send('/oidc/par', { request: await signing.requestObject(all, { ...header }, key) });
    },
    ask: (parameters) =>
      nurse.open(`${world.issuer}/oidc/auth?${new URLSearchParams(parameters).toString()}`),
    async askPushed({ clientId }, { body }) {
      return (await self.ask({ client_id: clientId, request_uri: String(body['request_uri']) })).url;
    },
    async code(change = {}) {
      return (await self.askPushed(secure, await self.push(secure, change))).searchParams.get('code') ?? '';
    },
    redemption: (code) => ({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    }),
    async redeem(change = {}) {
      return secure.send('/oidc/token', self.redemption(await self.code(change)), { dpop });
    },
    ownToken: (parameters = {}, options = { dpop }) =>
      secure.send('/oidc/token', { grant_type: 'client_credentials', ...parameters }, options),
    async asserted(claims, key) {
      return self.ownToken({ client_assertion: await secure.assertion(claims, key) });
    },
    bare: (path, parameters, headers = {}) => secure.send(path, parameters, { bare: true, dpop, headers }),
  };
  await eventually(async () => {
    if ((await self.push(secure)).status !== 201) throw new Error('not there yet');
    if ((await self.pushSigned()).status !== 201) throw new Error('not there yet');
  });
  return self;
}
