import { decodeJwt } from 'jose';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import type { ManifestText } from '../support/manifest-variant.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf } from '../support/relying-party.ts';
import {
  type SigningClient,
  VERIFIER,
  declareSigningClient,
  giveAccount,
  makeKey,
} from '../support/signing-client.ts';

const label = (en: string, zh: string) => ({ en, 'zh-TW': zh });
const APPOINTMENT = {
  type: 'appointment',
  label: label('Appointments', '門診預約'),
  fields: [
    {
      name: 'actions',
      label: label('Deeds', '作業'),
      type: 'strings',
      required: true,
      values: ['read', 'book'],
    },
    { name: 'institution', label: label('Institution', '機構'), type: 'string' },
    { name: 'days', label: label('Days', '天數'), type: 'integer' },
    { name: 'urgent', label: label('Urgent', '緊急'), type: 'boolean' },
  ],
};
const REPORT = { type: 'report', label: label('Reports', '報表'), fields: [] };
const BOOKING = { type: 'appointment', actions: ['read', 'book'], institution: '<b>H1</b>', days: 3 };

describe('RFC 9396: rich authorization requests', () => {
  let world: IdpWorld;
  let first: SigningClient;
  let third: SigningClient;
  let nurse: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    const key = await makeKey('ES256');
    const declare = async (code: string, change: (manifest: ManifestText) => void) => {
      const { client, answer } = await declareSigningClient(world, code, key, (manifest) => {
        const [api, opaque] = manifest['resources'] as object[];
        manifest['resources'] = [
          { ...api, authorizationDetails: [APPOINTMENT] },
          { ...opaque, authorizationDetails: [{ ...REPORT, type: `${code}-report` }] },
        ];
        const grants = ['authorization_code', 'refresh_token', 'client_credentials'];
        manifest.client['grant_types'] = code === 'rarfst' ? [...grants, EXCHANGE] : grants;
        manifest['exchange'] = { allowed: code === 'rarfst' };
        change(manifest);
      });
      expect(answer).toMatchObject({ code: 0 });
      return client;
    };
    first = await declare('rarfst', () => {});
    third = await declare('rarthd', (manifest) => (manifest['party'] = 'third'));
    nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
    await eventually(async () => expect((await push(third, [BOOKING])).status).toBe(201));
  });
  afterAll(() => world.stop());

  const api = (client: SigningClient): string => `https://${client.clientId.replace('-app', '')}.example/api`;
  const opaque = (client: SigningClient): string => api(client).replace('/api', '/opaque');
  const push = (client: SigningClient, details: unknown, more: Record<string, string | undefined> = {}) => {
    const authorization_details = typeof details === 'string' ? details : JSON.stringify(details);
    return client.send(
      '/oidc/par',
      client.request({ resource: api(client), authorization_details, ...more }),
    );
  };
  const ask = async (client: SigningClient, details: unknown, more: Record<string, string> = {}) => {
    const { body } = await push(client, details, more);
    const parameters = { client_id: client.clientId, request_uri: String(body['request_uri']) };
    return nurse.open(`${world.issuer}/oidc/auth?${new URLSearchParams(parameters).toString()}`);
  };
  const redeem = (client: SigningClient, url: URL, more: Record<string, string> = {}) =>
    client.send('/oidc/token', {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: client.redirectUri,
      code_verifier: VERIFIER,
      ...more,
    });

  it('§6.1, §7, §9.1: what was asked for is in the answer and in the token of its resource, and in no other', async () => {
    const { url } = await ask(first, [BOOKING]);
    const { body } = await redeem(first, url, { resource: api(first) });
    expect(body['authorization_details']).toEqual([BOOKING]);
    expect(decodeJwt(String(body['access_token']))['authorization_details']).toEqual([BOOKING]);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    const again = await first.send('/oidc/token', { ...refresh, resource: api(first) });
    expect(again.body['authorization_details']).toEqual([BOOKING]);
    const plain = await first.send('/oidc/token', refresh);
    expect(plain.status).toBe(200);
    expect(plain.body).not.toHaveProperty('authorization_details');
    const more = [{ ...BOOKING, days: 4 }];
    const broader = { ...refresh, resource: api(first), authorization_details: JSON.stringify(more) };
    expect(await first.send('/oidc/token', broader)).toMatchObject({
      status: 400,
      body: { error: 'invalid_authorization_details' },
    });
  });

  it('§9.2: introspection tells them of an opaque token', async () => {
    const details = [{ type: 'rarfst-report', locations: [opaque(first)] }];
    const { url } = await ask(first, details, { resource: opaque(first) });
    const { body } = await redeem(first, url, { resource: opaque(first) });
    const told = await first.send('/oidc/introspection', { token: String(body['access_token']) });
    expect(told.body).toMatchObject({ active: true, authorization_details: details });
  });

  it('§4: a client asks for itself as well', async () => {
    const own = {
      grant_type: 'client_credentials',
      resource: api(first),
      authorization_details: JSON.stringify([BOOKING]),
    };
    const { body } = await first.send('/oidc/token', own);
    expect(decodeJwt(String(body['access_token']))['authorization_details']).toEqual([BOOKING]);
    const wrong = { ...own, authorization_details: JSON.stringify([{ ...BOOKING, type: 'nothing' }]) };
    expect((await first.send('/oidc/token', wrong)).body['error']).toBe('invalid_authorization_details');
  });

  it.each([
    ['an unknown type', [{ type: 'nothing' }]],
    ['a type of the prototype', [{ type: 'constructor' }]],
    ['another client’s type', [{ type: 'rarthd-report' }]],
    ['no type', [{ actions: ['read'] }]],
    ['no list', BOOKING],
    ['no JSON', '[{'],
    ['no object', ['appointment']],
    ['a field nobody declared', [{ ...BOOKING, admin: true }]],
    ['a field less', [{ type: 'appointment' }]],
    ['a value nobody declared', [{ ...BOOKING, actions: ['read', 'delete'] }]],
    ['an empty list', [{ ...BOOKING, actions: [] }]],
    ['a number for a text', [{ ...BOOKING, institution: 7 }]],
    ['a text for a number', [{ ...BOOKING, days: '3' }]],
    ['a fraction', [{ ...BOOKING, days: 0.5 }]],
    ['a text for yes or no', [{ ...BOOKING, urgent: 'true' }]],
    ['a text of two lines', [{ ...BOOKING, institution: 'a\nb' }]],
    ['a long text', [{ ...BOOKING, institution: 'a'.repeat(201) }]],
    ['another place', [{ ...BOOKING, locations: ['https://evil.test'] }]],
    ['one good and one bad', [BOOKING, { type: 'nothing' }]],
    ['a type of another resource of its own', [{ type: 'rarfst-report' }]],
  ])('§5: %s is refused', async (_what, details) => {
    expect(await push(first, details)).toMatchObject({
      status: 400,
      body: { error: 'invalid_authorization_details' },
    });
  });

  it('RFC 8707 §2: no resource is refused', async () => {
    expect((await push(first, [BOOKING], { resource: undefined })).body['error']).toBe('invalid_target');
  });

  it('§11: who asks on behalf of others is shown in words before it is granted, each time', async () => {
    const none = await ask(third, [BOOKING], { prompt: 'none' });
    expect(none.url.searchParams.get('error')).toBe('consent_required');
    for (let turn = 0; turn < 2; turn += 1) {
      const page = await ask(third, [BOOKING]);
      for (const text of ['門診預約', '作業：read, book', '機構：<b>H1</b>', '天數：3'])
        expect(page.text).toContain(text);
      expect(page.html).not.toContain('<b>H1');
      const decision = turn === 0 ? 'deny' : 'allow';
      const { url } = await nurse.submit(
        (form) => form.buttons.some(({ name }) => name === 'decision'),
        {},
        ({ value }) => value === decision,
      );
      if (turn === 0) expect(url.searchParams.get('error')).toBe('access_denied');
      else
        expect((await redeem(third, url, { resource: api(third) })).body['authorization_details']).toEqual([
          BOOKING,
        ]);
    }
    const [record] = await world.database.db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'consent.granted')
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    expect(JSON.stringify(record?.details)).toContain('Deeds: read, book');
  });

  it('§10: the metadata lists the types, as manifests come and go', async () => {
    const types = async () => {
      const answer = await fetch(`${world.issuer}/.well-known/oauth-authorization-server`);
      return ((await answer.json()) as Record<string, unknown>)['authorization_details_types_supported'];
    };
    expect(await types()).toEqual(['appointment', 'rarfst-report', 'rarthd-report']);
    const { answer } = await declareSigningClient(world, 'rarnew', await makeKey('ES256'), (manifest) => {
      const [resource] = manifest['resources'] as object[];
      manifest['resources'] = [{ ...resource, authorizationDetails: [REPORT] }];
    });
    expect(answer).toMatchObject({ code: 0 });
    await eventually(async () => expect(await types()).toContain('report'));
  });

  it('§6, §7: details stay with the account they were granted for; an exchange gives none and refuses to', async () => {
    const second = 'P@00000001P@rarfs_02';
    await giveAccount(world, 'rarfst', second);
    const scope = 'openid subsystem_account lab:read';
    const { url } = await ask(first, [BOOKING], { account: 'P@00000001P@rarfs_01', scope });
    const { body } = await redeem(first, url);
    const authorization_details = JSON.stringify([BOOKING]);
    const exchange = {
      grant_type: EXCHANGE,
      subject_token: String(body['access_token']),
      subject_token_type: ACCESS_TOKEN,
      account: second,
    };
    const asked = { ...exchange, resource: api(first), authorization_details };
    expect(await first.send('/oidc/token', asked)).toMatchObject({
      status: 400,
      body: { error: 'invalid_authorization_details' },
    });
    const switched = await first.send('/oidc/token', exchange);
    expect(switched.status).toBe(200);
    expect(switched.body).not.toHaveProperty('authorization_details');
    const refresh = {
      grant_type: 'refresh_token',
      refresh_token: String(switched.body['refresh_token']),
      resource: api(first),
    };
    const plain = await first.send('/oidc/token', refresh);
    expect(decodeJwt(String(plain.body['access_token']))).not.toHaveProperty('authorization_details');
    expect((await first.send('/oidc/token', { ...refresh, authorization_details })).body['error']).toBe(
      'invalid_authorization_details',
    );
  });
});
