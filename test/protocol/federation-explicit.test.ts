import { decodeJwt, decodeProtectedHeader } from 'jose';
import { readStatement, verifySignature } from '#idp/federation/trust-chain/index.ts';
import { eventually } from '../support/eventually.ts';
import { CHAIN, PATH, seconds, startExplicit } from '../support/explicit-registration.ts';
import type { Said } from '../support/federation-servers.ts';
import { createSigningClient } from '../support/signing-client.ts';

const RESPONSE = 'explicit-registration-response+jwt';

let own: Awaited<ReturnType<typeof startExplicit>>;
beforeAll(async () => {
  own = await startExplicit();
});
afterAll(() => own.stop());

describe('OpenID Federation §12.2: explicit registration', () => {
  it('is not there without a federation, and lets no stranger in without a policy', async () => {
    own.add('early');
    expect((await own.register(await own.hand('early'))).status).toBe(404);
    await own.apply();
    await eventually(async () => expect((await own.configuration()).split('.')).toHaveLength(3));
    // without a policy the door is there for the clients of subsystems, and nobody is asked about others
    expect(await own.outcome(await own.hand('early'))).toBe('400 invalid_trust_chain');
    expect(own.chain.asked).toEqual([]);
    await own.apply({ policies: [own.policyOf()] });
    await eventually(async () => expect((await own.register(await own.hand('early'))).status).toBe(200));
    await eventually(async () =>
      expect(decodeJwt(await own.configuration())).toMatchObject({
        metadata: {
          openid_provider: {
            client_registration_types_supported: ['automatic', 'explicit'],
            federation_registration_endpoint: own.world.issuer + PATH,
          },
        },
      }),
    );
    expect((await fetch(own.world.issuer + PATH)).status).toBe(404);
  });

  it('§12.2.3: answers with what it is registered as, until when and by which way up, signed by the federation key', async () => {
    const id = own.add('good');
    const given = await own.hand('good', {
      rp: { tls_client_certificate_bound_access_tokens: true, first_party: true, subject_type: 'pairwise' },
    });
    const answer = await own.register(given);
    expect([answer.status, answer.type]).toEqual([200, `application/${RESPONSE}`]);
    expect(decodeProtectedHeader(answer.text).typ).toBe(RESPONSE);
    await verifySignature(answer.text, readStatement(await own.configuration(), new Date()).claims.jwks);
    const claims = decodeJwt(answer.text);
    const {
      iat = 0,
      exp = 0,
      metadata,
    } = claims as typeof claims & {
      metadata: Record<string, Record<string, unknown>>;
    };
    expect(claims).toMatchObject({
      ...{
        iss: own.world.issuer,
        sub: id,
        aud: id,
        trust_anchor: own.chain.anchor,
        authority_hints: [own.chain.county],
      },
    });
    expect([seconds() - iat < 10, exp <= (decodeJwt(given).exp ?? 0), exp > seconds()]).toEqual([
      true,
      true,
      true,
    ]);
    expect(Object.keys(metadata)).toEqual(['openid_relying_party']);
    expect(metadata['openid_relying_party']).toEqual({
      ...{ client_id: id, client_id_issued_at: expect.any(Number), client_name: 'good' },
      ...{ redirect_uris: [own.chain.callback], jwks: { keys: [own.key.jwk] }, subject_type: 'public' },
      ...{ token_endpoint_auth_method: 'private_key_jwt', response_types: ['code'], scope: 'openid profile' },
      ...{ grant_types: ['authorization_code', 'refresh_token'], client_registration_types: ['explicit'] },
    });
    expect((await own.rowOf(id))?.expires_at).toEqual(new Date(exp * 1000));
    expect(own.chain.asked).not.toContain('good'); // what it handed over counts, not what it publishes
    expect((await own.push(id)).status).toBe(201);
  });

  it('§12.2.2: takes a chain that holds; the chain it brings is only looked at', async () => {
    const id = own.add('chained');
    const given = await own.hand('chained');
    const fetched = async (origin: string, sub?: string) =>
      (
        await fetch(
          sub === undefined
            ? `${origin}/.well-known/openid-federation`
            : `${origin}/fetch?sub=${encodeURIComponent(sub)}`,
        )
      ).text();
    const above = [await fetched(own.chain.county, id), await fetched(own.chain.anchor, own.chain.county)];
    const whole = [given, ...above, await fetched(own.chain.anchor)];
    const send = (tokens: unknown) => own.outcome(JSON.stringify(tokens), CHAIN);
    const stranger = await own.chain.makeKey();
    const foreign = await own.chain.sign(stranger, decodeJwt(above[1] ?? ''));
    expect(await send([given, above[0], foreign])).toBe('400 invalid_trust_chain');
    expect(await send([given, above[1]])).toBe('400 invalid_trust_chain');
    expect(await send([...whole.slice(0, 2)])).toBe('404 invalid_trust_anchor');
    for (const none of [[given], [], {}, [given, 1], Array.from({ length: 9 }, () => given), given, null])
      expect(await send(none)).toBe('400 invalid_request');
    expect(await send([await own.chain.hand('chained'), ...above])).toBe('400 invalid_request'); // not for us
    expect(await own.rowOf(id)).toBeUndefined();
    expect(await send(whole)).toBe('200 registered');
    expect(await send([given, ...above])).toBe('200 registered');
    expect(await own.audits(id)).toEqual(['client.added']);
  });

  it('§12.2.1: refuses what is not made for us, by it and now, and asks nobody about it', async () => {
    const id = own.add('wrong');
    const now = seconds();
    const cases: [string, Said][] = [
      ['another audience', { claims: { aud: own.chain.anchor } }],
      ['a list of one', { claims: { aud: [own.world.issuer] } }],
      ['a list', { claims: { aud: [own.world.issuer, own.chain.anchor] } }],
      ['no audience', { claims: { aud: undefined } }],
      ['of somebody else', { claims: { iss: own.chain.county } }],
      ['about somebody else', { claims: { sub: own.chain.county } }],
      ['about us', { claims: { iss: own.world.issuer, sub: own.world.issuer } }],
      ['too old', { claims: { iat: now - 900 } }],
      ['of tomorrow', { claims: { iat: now + 900 } }],
      ['over', { claims: { iat: now - 60, exp: now - 1 } }],
      ['without superiors', { claims: { authority_hints: undefined } }],
      ['without a client', { claims: { metadata: { federation_entity: {} } } }],
      ['an answer of ours', { claims: { trust_anchor: own.chain.anchor } }],
      ['critical', { claims: { crit: ['unheard_of'] } }],
      ['no statement', { body: () => 'hello' }],
      ['empty', { body: () => '' }],
      ['unsigned', { body: (token) => token.replace(/\.[^.]*$/, '.') }],
      ['too large', { body: (token) => token + 'x'.repeat(70_000) }],
    ];
    for (const [name, said] of cases) {
      expect([name, await own.outcome(await own.hand('wrong', said))]).toEqual([name, '400 invalid_request']);
    }
    const given = await own.hand('wrong');
    for (const type of [
      'application/json',
      'text/plain',
      'application/jose',
      'application/x-www-form-urlencoded',
    ])
      expect(await own.outcome(given, type)).toBe('415 invalid_request');
    expect(await own.outcome('x'.repeat(300_000))).toBe('413 invalid_request');
    expect(await own.rowOf(id)).toBeUndefined();
  });

  it('§8.9, §12.2.4: says why, in the standard’s words, and keeps nothing', async () => {
    const stranger = await own.chain.makeKey();
    const cases: [string, Said, string][] = [
      ['altered', { body: (token) => `${token.slice(0, -8)}AAAAAAAA` }, '400 invalid_trust_chain'],
      ['by another key', { signedBy: stranger }, '400 invalid_trust_chain'],
      ['unmarked', { marked: false }, '400 invalid_trust_chain'],
      [
        'superior unheard',
        { claims: { authority_hints: ['http://localhost:9'] } },
        '503 temporarily_unavailable',
      ],
      ['not explicit', { rp: { client_registration_types: ['automatic'] } }, '400 invalid_client_metadata'],
      ['broad scope', { rp: { scope: 'openid phone' } }, '400 invalid_client_metadata'],
      ['a secret', { rp: { token_endpoint_auth_method: 'client_secret_basic' } }, '400 invalid_metadata'],
      [
        'keys by address',
        { rp: { jwks: undefined, jwks_uri: 'https://x.example' } },
        '400 invalid_client_metadata',
      ],
      ['plain http', { rp: { redirect_uris: ['http://clinic.example/cb'] } }, '400 invalid_client_metadata'],
    ];
    const id = own.add('refused');
    for (const [name, said, expected] of cases) {
      const body = await own.hand('refused', { ...said, claims: { ...said.claims, jti: name } });
      expect([name, await own.outcome(body)]).toEqual([name, expected]);
      expect([name, await own.outcome(body)]).toEqual([name, expected]);
    }
    expect(await own.rowOf(id)).toBeUndefined();
    // and what somebody else brought says nothing of it
    expect(await own.outcome(await own.hand('refused'))).toBe('200 registered');
  });

  it('A21: gets no grant beyond its policy, whatever it asks for and wherever it comes', async () => {
    const id = own.add('grants');
    const beyond = [
      'client_credentials',
      'implicit',
      'urn:openid:params:grant-type:ciba',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ];
    for (const grant of beyond) {
      const body = await own.hand('grants', { rp: { grant_types: ['authorization_code', grant] } });
      expect([grant, await own.outcome(body)]).toEqual([grant, '400 invalid_client_metadata']);
    }
    for (const types of [['token'], ['code', 'token'], ['id_token'], ['code id_token']])
      expect(await own.outcome(await own.hand('grants', { rp: { response_types: types } }))).toBe(
        '400 invalid_client_metadata',
      );
    const more = {
      ...{ backchannel_token_delivery_mode: 'poll', authorization_details_types: ['x'], first_party: true },
      ...{ require_pushed_authorization_requests: false, client_secret: 'mine' },
    };
    expect(await own.outcome(await own.hand('grants', { rp: more }))).toBe('200 registered');
    const client = createSigningClient(own.world, id, own.key, own.chain.callback);
    const ask = async (where: string, form: Record<string, string>) =>
      (await client.send(where, { client_id: id, ...form })).status;
    expect(
      await ask('/oidc/backchannel', { scope: 'openid', login_hint: 'demo.nurse' }),
    ).toBeGreaterThanOrEqual(400);
    expect(await ask('/oidc/device/auth', { scope: 'openid' })).toBeGreaterThanOrEqual(400);
    expect(await ask('/oidc/device_authorization', { scope: 'openid' })).toBeGreaterThanOrEqual(400);
    for (const grant of beyond) {
      const form = {
        grant_type: grant,
        subject_token: 'x',
        device_code: 'x',
        auth_req_id: 'x',
        scope: 'openid',
      };
      const { status, body } = await client.send('/oidc/token', { client_id: id, ...form });
      expect([grant, status, body['access_token']]).toEqual([grant, 400, undefined]);
    }
    const secret = `Basic ${Buffer.from(`${encodeURIComponent(id)}:mine`).toString('base64')}`;
    const basic = await client.send('/oidc/par', client.request({ scope: 'openid' }), {
      bare: true,
      headers: { authorization: secret },
    });
    expect(basic.status).toBe(401);
  });
});
