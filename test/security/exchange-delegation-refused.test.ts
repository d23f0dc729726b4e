import { decodeJwt } from 'jose';
import { decideDelegation } from '#idp/oidc/token-exchange/policy.ts';
import type { DelegationFacts } from '#idp/oidc/token-exchange/types.ts';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET } from '../support/idp-world.ts';
import { applyVariant } from '../support/manifest-variant.ts';
import { ACCESS_TOKEN, EXCHANGE, post } from '../support/relying-party.ts';
import {
  type DelegationWorld,
  LAB_API,
  LAB_OPAQUE,
  SERVICE_API,
  back,
  startDelegationWorld,
} from './delegation-world.ts';

describe('RFC 8693 §2.2.2: nobody acts for a person', () => {
  let d: DelegationWorld;

  beforeAll(async () => {
    d = await startDelegationWorld();
  });
  afterAll(() => d.world.stop());

  describe('what is refused', () => {
    it.each([
      ['C7: an unknown resource', { resource: 'https://evil.test/' }, 'invalid_target', 'target_not_allowed'],
      ['C7: every resource', { resource: '*' }, 'invalid_target', 'target_not_allowed'],
      [
        'C7: an unknown audience',
        { resource: '', audience: 'nobody' },
        'invalid_target',
        'target_not_allowed',
      ],
      ['C7: two targets', { audience: LAB_API }, 'invalid_target', undefined],
      ['C7: no target', { resource: '' }, 'invalid_request', undefined],
      ['C7: the directory API', { resource: 'ISSUER/api/v1' }, 'invalid_target', 'target_not_allowed'],
      ['C6: a scope beyond the rule', { scope: 'service:run admin' }, 'invalid_scope', 'scope_not_allowed'],
      ['C6: a scope of the person’s', { scope: 'openid' }, 'invalid_scope', 'scope_not_allowed'],
      [
        'C9: an ID token’s type',
        { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
        'invalid_request',
        undefined,
      ],
      [
        'C9: a JWT wanted',
        { requested_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
        'invalid_request',
        undefined,
      ],
      ['C10: no subject', { subject_token: '' }, 'invalid_request', undefined],
      [
        'C12: an actor that is none',
        { actor_token: 'x', actor_token_type: ACCESS_TOKEN },
        'invalid_request',
        'actor_token_invalid',
      ],
      ['C12: an actor without its type', { actor_token: 'x' }, 'invalid_request', undefined],
      ['C12: an actor’s type alone', { actor_token_type: ACCESS_TOKEN }, 'invalid_request', undefined],
    ])('%s', async (_what, parameters, error, reason) => {
      const { access_token: token } = await d.enter();
      const given = Object.entries<string>(parameters).map(([name, value]) => [
        name,
        value.replace('ISSUER', d.world.issuer),
      ]);
      const before = await d.audits();
      const answer = await d.fromLab(token, Object.fromEntries(given) as Record<string, string>);
      expect(answer).toMatchObject({ status: 400, body: { error } });
      const added = (await d.audits()).slice(before.length);
      expect(added).toHaveLength(1);
      expect(added[0]).toMatchObject({ outcome: 'refused', client_id: 'lab-app' });
      if (reason !== undefined) expect(added[0]?.reason).toBe(reason);
    });

    it('C7: a resource that another subsystem has, however many claim it at once', async () => {
      const claim = (code: string, identifier: string) =>
        applyVariant(d.world, 'spa', (manifest) => {
          Object.assign(manifest, { code, suffix: code.slice(0, 5) });
          manifest.client['client_id'] = `${code}-app`;
          manifest['resources'] = [{ identifier, scopes: ['service:run'], format: 'jwt' }];
        });
      const refused = await claim('claimant', SERVICE_API);
      expect(refused.code).not.toBe(0);
      expect(refused.output).toContain('resources.0.identifier: is used by another subsystem');
      const { access_token: token } = await d.enter();
      expect((await d.fromLab(token)).status).toBe(200);

      const rivals = ['first', 'other', 'third'];
      const answers = await Promise.all(rivals.map((code) => claim(code, 'https://wanted.example/')));
      expect(answers.filter(({ code }) => code === 0)).toHaveLength(1);
    });

    it('C21: targets that are not there, not allowed or not meant, in one and the same answer, one as soon as the other', async () => {
      const { access_token: token } = await d.enter();
      const targets = [
        'https://nowhere.example/',
        LAB_API,
        `${d.world.issuer}/api/v1`,
        'mch-app',
        "' or true --",
      ];
      const times = new Map(targets.map((resource): [string, number[]] => [resource, []]));
      const seen = new Set<string>();
      for (let round = 0; round < 20; round += 1) {
        for (const resource of targets) {
          const since = performance.now();
          const { status, body } = await d.fromLab(token, { resource });
          times.get(resource)?.push(performance.now() - since);
          seen.add(JSON.stringify([status, body]));
        }
      }
      expect([...seen]).toEqual([expect.stringContaining('invalid_target')]);
      // the quickest of each: a busy machine slows some answers, never hastens one
      const quickest = [...times.values()].map((all) => Math.min(...all));
      expect(Math.max(...quickest)).toBeLessThan(2 * Math.min(...quickest) + 2);
    });

    it('C8: a token that was meant for somebody else, however it came here', async () => {
      const { access_token: mine } = await d.enter();
      const forService = String((await d.fromLab(mine)).body['access_token']);
      const forLab = String((await d.fromService(forService, LAB_API)).body['access_token']);
      // the service has the lab's own token, and the one it holds itself for the lab
      for (const token of [mine, forLab]) {
        expect(await d.fromService(token, LAB_API)).toMatchObject({
          status: 400,
          body: { error: 'invalid_request' },
        });
        expect(await d.latest()).toMatchObject({
          reason: 'subject_token_not_for_client',
          client_id: 'service-app',
        });
      }
    });

    it('C2: another subsystem’s token where no rule names it', async () => {
      const { access_token: mine } = await d.enter();
      const forService = String((await d.fromLab(mine)).body['access_token']);
      await d.applyLab((manifest) => {
        manifest['delegation'] = {
          from: [{ ...back, tokensOf: ['spa-app'], resource: LAB_API, scopes: ['lab:read'] }],
        };
      });
      await eventually(async () =>
        expect(await d.fromService(forService, LAB_API)).toMatchObject({
          status: 400,
          body: { error: 'invalid_target' },
        }),
      );
      await d.applyLab();
      await eventually(async () => expect((await d.fromService(forService, LAB_API)).status).toBe(200));
    });

    it('C7: the directory API, whatever a manifest calls its own', async () => {
      const api = `${d.world.issuer}/api/v1`;
      const { access_token: mine } = await d.enter();
      const rule = { client: 'lab-app', needs: ['openid'], resource: api, scopes: ['accounts:review'] };
      await d.applyLab((manifest) => {
        const own = [{ identifier: api, scopes: ['accounts:review'], format: 'jwt' }];
        manifest['resources'] = [...(manifest['resources'] as object[]), ...own];
        manifest['delegation'] = {
          from: [rule, { ...back, resource: LAB_API, scopes: ['lab:read'] }],
        };
      });
      await eventually(async () => {
        const { body } = await d.fromLab(mine);
        expect(await d.fromService(String(body['access_token']), LAB_OPAQUE)).toMatchObject({ status: 400 });
      });
      expect(await d.fromLab(mine, { resource: api })).toMatchObject({
        status: 400,
        body: { error: 'invalid_target' },
      });
      await d.applyLab();
      const { body } = await d.fromLab(mine);
      await eventually(async () =>
        expect((await d.fromService(String(body['access_token']), LAB_OPAQUE)).status).toBe(200),
      );
    });

    it('C12: §4.4: whoever is not the actor that the token names', async () => {
      await d.applyService({ mayAct: 'spa-app' });
      const { access_token: mine } = await d.enter();
      const named = await d.eventuallyClaims(mine, { may_act: { sub: 'spa-app' } });
      expect(await d.fromService(named, LAB_API)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
      expect(await d.latest()).toMatchObject({ reason: 'other_actor_named' });
      await d.applyService({ mayAct: 'service-app' });
      const itself = await d.eventuallyClaims(mine, { may_act: { sub: 'service-app' } });
      expect((await d.fromService(itself, LAB_API)).status).toBe(200);
      await d.applyService();
      await eventually(async () => {
        const { body } = await d.fromLab(mine);
        expect(decodeJwt(String(body['access_token']))).not.toHaveProperty('may_act');
      });
    });

    it('C12, C24: an actor token of another, of a person, or revoked; its own is taken', async () => {
      const { access_token: mine } = await d.enter();
      const forService = String((await d.fromLab(mine)).body['access_token']);
      const opaque = await d.credentials({});
      const jwt = await d.credentials({ resource: SERVICE_API, scope: 'service:run' });
      const with_ = (actor: string) =>
        d.fromService(forService, LAB_API, { actor_token: actor, actor_token_type: ACCESS_TOKEN });
      for (const actor of [opaque, jwt]) expect((await with_(actor)).status).toBe(200);
      await post(d.world, '/oidc/revocation', { token: opaque }, { clientId: 'service-app' });
      for (const actor of [opaque, forService, mine]) {
        expect(await with_(actor)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
        expect(await d.latest()).toMatchObject({ reason: 'actor_token_invalid' });
      }
      const others = await d.fromLab(mine, { actor_token: jwt, actor_token_type: ACCESS_TOKEN });
      expect(others).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('a client whose manifest allows no exchange, and one of another organisation', async () => {
      const { access_token: mine } = await d.enter();
      const asked = { grant_type: EXCHANGE, subject_token: mine, subject_token_type: ACCESS_TOKEN };
      const named = { client_id: 'third-app', client_secret: CLIENT_SECRET };
      const answer = await post(d.world, '/oidc/token', { ...asked, ...named, resource: SERVICE_API });
      expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
      const subject = { clientId: 'a', thirdParty: false, audience: undefined, scopes: new Set(['s']) };
      const facts: DelegationFacts = {
        clientId: 'a',
        thirdParty: false,
        ownResources: ['r'],
        subject: { ...subject, act: undefined, mayAct: undefined },
        target: { identifier: 'r', scopes: ['s'], granted: new Set(['s']), rules: [] },
        asked: undefined,
      };
      expect(decideDelegation(facts)).toMatchObject({ allowed: true, rule: 'own_resource' });
      for (const third of [
        { ...facts, thirdParty: true },
        { ...facts, subject: { ...facts.subject, thirdParty: true } },
      ]) {
        expect(decideDelegation(third)).toEqual({ allowed: false, reason: 'third_party' });
      }
    });
  });
});
