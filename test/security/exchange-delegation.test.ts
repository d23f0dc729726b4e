import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, exportJWK } from 'jose';
import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { forgeForm } from '../support/forged-form.ts';
import type { Journey } from '../support/journey.ts';
import { makeProof } from '../support/dpop-proof.ts';
import { ACCESS_TOKEN, browserOf, createRelyingParty, post } from '../support/relying-party.ts';
import {
  type DelegationWorld,
  LAB_1,
  LAB_2,
  LAB_API,
  LAB_OPAQUE,
  SCOPE,
  SERVICE_API,
  startDelegationWorld,
} from './delegation-world.ts';

describe('RFC 8693: a client acts for a person towards a resource', () => {
  let d: DelegationWorld;

  beforeAll(async () => {
    d = await startDelegationWorld();
  });
  afterAll(() => d.world.stop());

  describe('what is given', () => {
    it('C11: §4.1: a JWT for the target alone, the person its subject, the client its actor, the account kept', async () => {
      const tokens = await d.enter();
      const { status, body, headers } = await d.fromLab(tokens.access_token);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(Object.keys(body).sort()).toEqual(
        ['access_token', 'expires_in', 'issued_token_type', 'scope', 'token_type'].sort(),
      );
      expect(body).toMatchObject({
        scope: 'service:run',
        token_type: 'Bearer',
        issued_token_type: ACCESS_TOKEN,
      });
      const token = String(body['access_token']);
      expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
      const claims = decodeJwt(token);
      const before = decodeJwt(tokens.id_token ?? '');
      expect(claims).toMatchObject({
        aud: SERVICE_API,
        sub: before.sub,
        client_id: 'lab-app',
        scope: 'service:run',
        act: { sub: 'lab-app' },
        acr: before['acr'],
        amr: before['amr'],
        auth_time: before['auth_time'],
        subsystem_account: { id: LAB_1 },
      });
      expect(claims['act']).toEqual({ sub: 'lab-app' });
    });

    it('C11: §4.1: each further actor stands outside the one before, to four at most', async () => {
      const { access_token: token } = await d.enter();
      const one = String((await d.fromLab(token)).body['access_token']);
      const two = String((await d.fromService(one, LAB_API)).body['access_token']);
      const twoActors = { sub: 'service-app', act: { sub: 'lab-app' } };
      expect(decodeJwt(two)).toMatchObject({ aud: LAB_API, client_id: 'service-app', scope: 'lab:read' });
      expect(decodeJwt(two)['act']).toEqual(twoActors);
      const three = String((await d.fromLab(two)).body['access_token']);
      const four = String((await d.fromService(three, LAB_API)).body['access_token']);
      expect(decodeJwt(four)['act']).toEqual({ sub: 'service-app', act: { sub: 'lab-app', act: twoActors } });
      expect(await d.fromLab(four)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(await d.latest()).toMatchObject({ reason: 'chain_too_long' });
    });

    it('RFC 7662: an opaque one where the resource declares it, told to that resource alone', async () => {
      const { access_token: token } = await d.enter();
      const one = String((await d.fromLab(token)).body['access_token']);
      const { body } = await d.fromService(one, LAB_OPAQUE);
      expect(String(body['access_token'])).not.toContain('.');
      const seen = await oidc.tokenIntrospection(d.lab.config, String(body['access_token']));
      expect(seen).toMatchObject({
        active: true,
        aud: LAB_OPAQUE,
        client_id: 'service-app',
        scope: 'lab:opaque',
        subsystem_account: { id: LAB_1 },
        act: { sub: 'service-app', act: { sub: 'lab-app' } },
      });
      const stranger = await post(
        d.world,
        '/oidc/introspection',
        { token: String(body['access_token']) },
        { clientId: 'mch-app' },
      );
      expect(stranger.body).toEqual({ active: false });
      const userinfo = await fetch(`${d.world.issuer}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${String(body['access_token'])}` },
      });
      expect([401, 403]).toContain(userinfo.status);
    });

    it('C18: lives no longer than the token exchanged, and brings no refresh token', async () => {
      const { access_token: token } = await d.enter();
      const one = String((await d.fromLab(token)).body['access_token']);
      const { body } = await d.fromService(one, LAB_OPAQUE); // by itself it would live ten minutes
      expect(body).not.toHaveProperty('refresh_token');
      expect(body).not.toHaveProperty('id_token');
      const seen = await oidc.tokenIntrospection(d.lab.config, String(body['access_token']));
      expect(Number(seen.exp)).toBeLessThanOrEqual(Number(decodeJwt(one).exp));
      expect(Number(body['expires_in'])).toBeLessThanOrEqual(300);
    });

    it('C17: a token bound to a key is exchanged beside a proof of it alone, for one bound to it as well', async () => {
      const key = await oidc.randomDPoPKeyPair('ES256', { extractable: true });
      const thief = await oidc.randomDPoPKeyPair('ES256', { extractable: true });
      const plain = await createRelyingParty(d.world, 'lab-app', { pushed: true });
      const dpop = oidc.getDPoPHandle(plain.config, key);
      const rp = await createRelyingParty(d.world, 'lab-app', { pushed: true, dpop });
      const sign = { loginName: 'demo.nurse', account: LAB_1 };
      const bound = await rp.redeem(await rp.authorize(browserOf(d.world), { scope: SCOPE }, sign));
      const url = `${d.world.issuer}/oidc/token`;
      for (const proof of [undefined, await makeProof(thief, 'POST', url)]) {
        const headers: Record<string, string> = proof === undefined ? {} : { dpop: proof };
        const answer = await d.fromLab(bound.access_token, {}, headers);
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      }
      const given = await d.fromLab(bound.access_token, {}, { dpop: await makeProof(key, 'POST', url) });
      expect(given).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      const jkt = await calculateJwkThumbprint(await exportJWK(key.publicKey));
      const token = String(given.body['access_token']);
      expect(decodeJwt(token)['cnf']).toEqual({ jkt });
      // whoever received it has not that key, so it goes no further
      expect(await d.fromService(token, LAB_API)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
    });

    it('C6: to a resource of its own, what was granted there and never more', async () => {
      const scope = `${SCOPE} lab:read`;
      const wide = await d.enter({ scope, resource: LAB_API });
      const narrow = await d.enter();
      const own = await d.fromLab(wide.access_token, { resource: LAB_API });
      expect(own).toMatchObject({ status: 200, body: { scope: 'lab:read' } });
      expect(decodeJwt(String(own.body['access_token']))['act']).toEqual({ sub: 'lab-app' });
      expect(await d.fromLab(narrow.access_token, { resource: LAB_API })).toMatchObject({
        status: 400,
        body: { error: 'invalid_target' },
      });
    });

    it('C22: each is one record: person, clients, account, audience, scopes, rule, request; no token', async () => {
      const { access_token: token } = await d.enter();
      const { body } = await d.fromLab(token);
      const record = await d.latest();
      expect(record).toMatchObject({
        type: 'account.delegated',
        outcome: 'success',
        client_id: 'lab-app',
        from_subsystem_account_id: LAB_1,
        details: {
          audience: SERVICE_API,
          issued_to: 'lab-app',
          actors: ['lab-app'],
          scopes: ['service:run'],
          rule: 'manifest_own_token',
        },
      });
      expect(record.account_id).toBe(decodeJwt(String(body['access_token'])).sub);
      expect(record.request_id).toMatch(/\S/);
      const text = JSON.stringify(record);
      for (const secret of [token, String(body['access_token'])]) expect(text).not.toContain(secret);
    });
  });

  describe('what ends with what', () => {
    it.each<[string, (browser: Journey, token: string) => Promise<unknown>]>([
      ['C3, C19: the person signs out', (browser) => forgeForm(d.world, browser, '/sign-out', {})],
      ['C3: the client revokes what it exchanged from', (_browser, token) => d.lab.exchange(token, LAB_2)],
      ['C4: the person is disabled', () => d.person('disabled')],
      ['C1: the account is unbound', () => d.binding(false)],
    ])('%s', async (_what, end) => {
      const browser = browserOf(d.world);
      const { access_token: mine } = await d.enter({}, browser);
      const forService = String((await d.fromLab(mine)).body['access_token']);
      const opaque = String((await d.fromService(forService, LAB_OPAQUE)).body['access_token']);
      expect(await oidc.tokenIntrospection(d.lab.config, opaque)).toMatchObject({ active: true });
      await end(browser, mine);
      expect(await oidc.tokenIntrospection(d.lab.config, opaque)).toEqual({ active: false });
      for (const answer of [await d.fromLab(mine), await d.fromService(forService, LAB_API)]) {
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      }
      await d.person('active');
      await d.binding(true);
    });

    it('B12: RFC 7009: who acts for the person gives back its own token, and nothing of who was granted', async () => {
      const { access_token: mine } = await d.enter();
      const forService = String((await d.fromLab(mine)).body['access_token']);
      const held = String((await d.fromService(forService, LAB_OPAQUE)).body['access_token']);
      const { status } = await post(
        d.world,
        '/oidc/revocation',
        { token: held },
        { clientId: 'service-app' },
      );
      expect(status).toBe(200);
      expect(await oidc.tokenIntrospection(d.lab.config, held)).toEqual({ active: false });
      expect(await oidc.tokenIntrospection(d.lab.config, mine)).toMatchObject({ active: true });
      expect((await d.fromLab(mine)).status).toBe(200);
      await oidc.tokenRevocation(d.lab.config, mine);
      expect(await d.fromService(forService, LAB_OPAQUE)).toMatchObject({ status: 400 });
    });

    it('C5: the client that holds it is disabled', async () => {
      const { access_token: mine } = await d.enter();
      const forService = String((await d.fromLab(mine)).body['access_token']);
      const opaque = String((await d.fromService(forService, LAB_OPAQUE)).body['access_token']);
      await d.world.command('clients', 'disable', 'service-app');
      await eventually(async () =>
        expect(await oidc.tokenIntrospection(d.lab.config, opaque)).toEqual({ active: false }),
      );
      await eventually(async () =>
        expect(await d.fromLab(mine)).toMatchObject({ status: 400, body: { error: 'invalid_target' } }),
      );
      expect([400, 401]).toContain((await d.fromService(forService, LAB_API)).status);
      await d.world.command('clients', 'enable', 'service-app');
      await eventually(async () => expect((await d.fromLab(mine)).status).toBe(200));
    });

    it('C20: of 50 at once with an unbinding, none lives after it', async () => {
      const { access_token: mine } = await d.enter();
      const forService = String((await d.fromLab(mine)).body['access_token']);
      const [answers] = await Promise.all([
        Promise.all(Array.from({ length: 50 }, () => d.fromService(forService, LAB_OPAQUE))),
        d.binding(false),
      ]);
      expect(new Set(answers.map(({ status }) => status))).not.toContain(500);
      for (const { body } of answers.filter(({ status }) => status === 200)) {
        const seen = await oidc.tokenIntrospection(d.lab.config, String(body['access_token']));
        expect(seen).toEqual({ active: false });
      }
      expect((await d.fromService(forService, LAB_OPAQUE)).status).toBe(400);
      await d.binding(true);
    });
  });
});
