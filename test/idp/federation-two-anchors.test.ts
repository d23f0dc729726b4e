import { makeKey, readReviewedFile } from '#idp/federation/authority/index.ts';
import { createResolver } from '#idp/federation/trust-chain/index.ts';
import { ANCHOR, CLINIC, COUNTY, MARK, NOW, SECONDS, federationWorld, signAs } from './federation-world.ts';

const OTHER = 'https://other.example';

describe('OpenID Federation §7.3: an entity below two anchors', () => {
  it.each([
    ['this one first', [ANCHOR, OTHER]],
    ['the other first', [OTHER, ANCHOR]],
  ])('§7.3: one anchor’s word on marks does not count below another: %s', async (_order, order) => {
    const world = await federationWorld({ county: { authorityHints: [ANCHOR, OTHER] } });
    const { countyKey, clinicKey } = world.keys;
    const otherKey = await makeKey(NOW);
    const file = {
      ...{ entityId: OTHER, organizationName: 'Another ministry' },
      trustMarkIssuers: { [MARK]: [OTHER, ANCHOR] },
      subordinates: [
        { entityId: COUNTY, jwks: world.jwksOf(countyKey), entityTypes: ['federation_entity'] },
        // vouches for the first with a key of its own
        { entityId: ANCHOR, jwks: world.jwksOf(otherKey), entityTypes: ['federation_entity'] },
      ],
    };
    world.authorities.push({ file: readReviewedFile(JSON.stringify(file)), keys: [otherKey] });
    const markBy = async (iss: string, sub = CLINIC, key = otherKey) => {
      const claims = { iss, sub, trust_mark_type: MARK, iat: SECONDS };
      return { trust_mark_type: MARK, trust_mark: await signAs(key, 'trust-mark+jwt', claims) };
    };
    const marks = [
      ...[await markBy(OTHER), await markBy(ANCHOR)],
      ...[await markBy(OTHER, COUNTY), await markBy(CLINIC, CLINIC, clinicKey)],
    ];
    const status = `${OTHER}/trust-mark-status`;
    world.said.set(status, async () => ({
      ...{ status: 200, type: 'application/trust-mark-status-response+jwt' },
      body: await signAs(otherKey, 'trust-mark-status-response+jwt', {
        ...{ iss: OTHER, iat: SECONDS, trust_mark: marks[0]?.trust_mark, status: 'active' },
      }),
    }));
    await world.say({ trust_marks: marks });
    const anchors = new Map([...world.anchors, [OTHER, world.jwksOf(otherKey)] as const]);
    const resolver = createResolver({ ask: world.ask, clock: () => NOW, anchors });
    const found: Record<string, string[]> = {};
    for (const anchor of order) {
      const chain = await resolver.resolve(CLINIC, [anchor]);
      expect(chain.anchor).toBe(anchor);
      found[anchor] = (await resolver.marksOf(chain)).map(({ issuer }) => issuer);
    }
    expect(found).toEqual({ [ANCHOR]: [], [OTHER]: [OTHER] });
  });
});
