import { resolveTrustChain } from '#kit/federation/resolve.ts';
import { NOW, createEntity, createThreeLevels, createWeb } from '../support/federation.ts';

const { ministry, county, leaf, metadata, anchor } = await createThreeLevels();

/** A web in which the three publish and vouch as they should. */
function createGoodWeb() {
  const web = createWeb();
  web.publish(ministry);
  web.publish(county);
  web.publish(leaf, { metadata });
  web.vouch(ministry, county);
  web.vouch(county, leaf);
  return web;
}
type Web = ReturnType<typeof createWeb>;
const resolve = ({ fetchStatement }: Web, more: { timeoutMs?: number; mostFetches?: number } = {}) =>
  resolveTrustChain(leaf.id, { anchors: [anchor], fetchStatement, nowSeconds: NOW, ...more });

describe('OpenID Federation 1.0 §10.1: an entity’s chain is found from the bottom', () => {
  test('in five requests over three levels', async () => {
    const web = createGoodWeb();
    await expect(resolve(web)).resolves.toMatchObject({ subject: leaf.id, metadata });
    expect(web.asked).toEqual([
      'https://leaf.county.example/.well-known/openid-federation',
      'https://county.example/.well-known/openid-federation',
      'https://county.example/fetch?sub=https%3A%2F%2Fleaf.county.example',
      'https://ministry.example/.well-known/openid-federation',
      'https://ministry.example/fetch?sub=https%3A%2F%2Fcounty.example',
    ]);
  });

  test('by another superior when one is away, lies or leads nowhere', async () => {
    const nowhere = await createEntity('https://nowhere.example');
    const web = createGoodWeb();
    web.publish(nowhere);
    web.vouch(nowhere, leaf);
    const hints = ['https://away.example', nowhere.id, county.id];
    web.publish(leaf, { metadata, authority_hints: hints });
    await expect(resolve(web)).resolves.toMatchObject({ subject: leaf.id });
  });

  test('the shorter of two', async () => {
    const web = createGoodWeb();
    web.publish(leaf, { metadata, authority_hints: [county.id, ministry.id] });
    web.vouch(ministry, leaf);
    expect((await resolve(web)).jwts).toHaveLength(3);
  });

  test('not in a circle', async () => {
    const web = createGoodWeb();
    web.publish(county, { authority_hints: [leaf.id] });
    web.vouch(leaf, county);
    await expect(resolve(web)).rejects.toThrow('no chain leads to a trust anchor');
    expect(web.asked.length).toBeLessThan(6);
  });

  test.each<[string, (web: Web) => void, string]>([
    [
      'a superior that answers about another',
      (web) => web.put(`${county.id}/fetch?sub=${encodeURIComponent(leaf.id)}`, () => ministry.about(county)),
      'instead of',
    ],
    [
      'a superior that does not know it',
      (web) =>
        web.put(`${county.id}/fetch?sub=${encodeURIComponent(leaf.id)}`, () =>
          Promise.reject(new Error('answered 404')),
        ),
      'answered 404',
    ],
    [
      'a configuration of somebody else',
      (web) => web.put(`${county.id}/.well-known/openid-federation`, () => ministry.configuration()),
      'publishes a statement of',
    ],
    [
      'a superior without a fetch endpoint',
      (web) => web.publish(county, { metadata: {} }),
      'no fetch endpoint',
    ],
    [
      'a fetch endpoint that is no https address',
      (web) =>
        web.publish(county, {
          metadata: { federation_entity: { federation_fetch_endpoint: 'http://127.0.0.1:9/fetch' } },
        }),
      'no https',
    ],
    [
      'something endless',
      (web) =>
        web.put(`${county.id}/.well-known/openid-federation`, () => Promise.resolve('x'.repeat(99_999))),
      'too long',
    ],
  ])('is refused for %s', async (_name, spoil, reason) => {
    const web = createGoodWeb();
    spoil(web);
    await expect(resolve(web)).rejects.toMatchObject({
      code: 'invalid_trust_chain',
      message: expect.stringContaining(reason) as string,
    });
  });

  test('asks no more than it may, whatever is named', async () => {
    const many = Array.from({ length: 10 }, (_, at) => `https://hint${at}.example`);
    const web = createGoodWeb();
    web.publish(leaf, { authority_hints: many });
    for (const id of many) {
      const superior = await createEntity(id, { authority_hints: many.map((hint) => `${hint}/up`) });
      web.publish(superior);
      web.vouch(superior, leaf);
    }
    await expect(resolve(web, { mostFetches: 15 })).rejects.toThrow('too many');
    expect(web.asked).toHaveLength(15);
    web.publish(leaf, { authority_hints: Array.from({ length: 2000 }, (_, at) => `https://h${at}.example`) });
    await expect(resolve(web)).rejects.toThrow('authority_hints');
  });

  test('waits no longer than it may', async () => {
    const web = createGoodWeb();
    web.put(`${county.id}/.well-known/openid-federation`, () => new Promise(() => {}));
    await expect(resolve(web, { timeoutMs: 20 })).rejects.toThrow('too long');
  });
});
