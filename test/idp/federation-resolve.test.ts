import { type Answer, makeKey } from '#idp/federation/authority/index.ts';
import { LIMITS, askWorld, configurationUrl, createResolver } from '#idp/federation/trust-chain/index.ts';
import { DAY, after } from '#kit/clock.ts';
import {
  ANCHOR,
  CLINIC,
  COUNTY,
  MARK,
  NOW,
  SECONDS,
  brokenRule,
  federationWorld,
  signAs,
} from './federation-world.ts';

describe('OpenID Federation §10.1: a chain built from the bottom', () => {
  it('finds it over three levels with its mark, and asks once for what it keeps', async () => {
    const world = await federationWorld();
    const resolver = world.resolver();
    const chain = await resolver.resolve(CLINIC);
    expect([chain.path, chain.tokens.length]).toEqual([[CLINIC, COUNTY, ANCHOR], 4]);
    expect(await resolver.marksOf(chain)).toEqual([
      { token: expect.any(String) as string, type: MARK, issuer: ANCHOR, expiresAt: after(NOW, 30 * DAY) },
    ]);
    expect(world.asked).toHaveLength(6); // five statements, and the mark's issuer whether it still holds
    await Promise.all(Array.from({ length: 20 }, () => resolver.resolve(CLINIC)));
    await resolver.marksOf(chain);
    expect(world.asked).toHaveLength(6);
  });

  it('§8.3, §8.4: counts a mark only while its issuer says so now', async () => {
    const world = await federationWorld();
    const { anchorKey, clinicKey } = world.keys;
    const held = async () => {
      const resolver = world.resolver();
      return (await resolver.marksOf(await resolver.resolve(CLINIC))).length;
    };
    expect(await held()).toBe(1);
    const [anchor] = world.authorities;
    for (const mark of anchor?.file.trustMarks ?? []) mark.subjects = [];
    expect(await held()).toBe(0); // revoked
    const token = world.clinicClaims.trust_marks[0]?.trust_mark;
    const claims = { iss: ANCHOR, iat: SECONDS, trust_mark: token, status: 'active' };
    const type = 'trust-mark-status-response+jwt';
    const answers = [
      [{}, anchorKey, type],
      [{}, clinicKey, type],
      [{}, anchorKey, 'JWT'],
      [{ iss: CLINIC }, anchorKey, type],
      [{ trust_mark: 'another' }, anchorKey, type],
      [{ status: 'ACTIVE' }, anchorKey, type],
      [{ iat: SECONDS + 3600 }, anchorKey, type],
    ] as const;
    const outcomes: number[] = [];
    for (const [changes, key, typ] of answers) {
      const body = await signAs(key, typ, { ...claims, ...changes });
      world.said.set(`${ANCHOR}/trust-mark-status`, () => ({
        status: 200,
        type: `application/${type}`,
        body,
      }));
      outcomes.push(await held());
    }
    expect(outcomes).toEqual([1, 0, 0, 0, 0, 0, 0]);
    world.said.set(`${ANCHOR}/trust-mark-status`, () => Promise.reject(new Error('down')));
    expect(await held()).toBe(0);
  });

  it('§7.3: spends one budget on all marks of a chain, however many issuers they name', async () => {
    const issued = { trustMarkIssuers: { [MARK]: [] } };
    const world = await federationWorld({ anchor: issued });
    const claims = { sub: CLINIC, trust_mark_type: MARK, iat: SECONDS };
    const marks = Array.from({ length: 20 }, async (_, at) => ({
      trust_mark_type: MARK,
      trust_mark: await signAs(world.keys.clinicKey, 'trust-mark+jwt', {
        ...{ ...claims, iss: `https://issuer${at}.example` },
      }),
    }));
    await world.say({ trust_marks: await Promise.all(marks) });
    const resolver = world.resolver({ ...LIMITS, fetches: 6 });
    const chain = await resolver.resolve(CLINIC);
    world.asked.length = 0;
    expect([await resolver.marksOf(chain), world.asked.length]).toEqual([[], 6]);
  });

  it('§6.2: asks nobody above a superior whose constraints end the chain, and takes the shorter of two', async () => {
    const narrow = { naming_constraints: { permitted: ['.elsewhere.example'] } };
    const world = await federationWorld({ aboutClinic: { constraints: narrow } });
    expect(await brokenRule(() => world.resolver().resolve(CLINIC))).toBe('name');
    expect(world.asked.some((address) => address.startsWith(ANCHOR))).toBe(false);

    const other = await federationWorld();
    const [anchor] = other.authorities;
    anchor?.file.subordinates.push({
      ...{ entityId: CLINIC, jwks: other.jwksOf(other.keys.clinicKey), intermediate: false },
      entityTypes: ['openid_relying_party'],
    });
    await other.say({ authority_hints: [COUNTY, ANCHOR] });
    expect((await other.resolver().resolve(CLINIC)).path).toEqual([CLINIC, ANCHOR]);
  });

  it('refuses a superior that answers for another, knows nobody, or says nothing of where to ask', async () => {
    const told = async (
      address: string,
      answer: (world: Awaited<ReturnType<typeof federationWorld>>) => Answer,
    ) => {
      const world = await federationWorld();
      world.said.set(address, () => answer(world));
      return brokenRule(() => world.resolver().resolve(CLINIC));
    };
    const fetching = `${COUNTY}/fetch?sub=${encodeURIComponent(CLINIC)}`;
    const own = configurationUrl(COUNTY).href;
    const world = await federationWorld();
    const another = await world.answerAt(new URL(`${ANCHOR}/fetch?sub=${encodeURIComponent(COUNTY)}`));
    const countySays = (metadata: object) =>
      signAs(world.keys.countyKey, 'entity-statement+jwt', {
        ...{ iss: COUNTY, sub: COUNTY, iat: SECONDS, exp: SECONDS + 60, authority_hints: [ANCHOR], metadata },
        jwks: world.jwksOf(world.keys.countyKey),
      });
    const silent = world.statement(await countySays({}));
    expect([
      await told(fetching, () => another),
      await told(fetching, () => ({ status: 404, type: 'application/json', body: '{}' })),
      await told(own, () => another),
      await told(own, () => silent),
      await told(own, () => ({ ...another, body: 'x'.repeat(70_000) })),
      await told(own, () => ({ ...another, type: 'text/html' })),
    ]).toEqual([
      ...['broken_link', 'unreachable', 'not_self_issued', 'no_chain'],
      ...['too_large', 'wrong_type'],
    ]);
  });

  it('refuses loops, thousands of hints and no hint at all, and tries the other way when one is bad', async () => {
    const world = await federationWorld({ county: { authorityHints: [COUNTY] } });
    const fresh = () => brokenRule(() => world.resolver().resolve(CLINIC));
    expect(await fresh()).toBe('loop');
    await world.say({ authority_hints: Array.from({ length: 1000 }, (_, at) => `https://h${at}.example`) });
    world.asked.length = 0;
    expect([await fresh(), world.asked]).toEqual(['too_many_hints', [configurationUrl(CLINIC).href]]);
    await world.say({ authority_hints: undefined });
    expect(await fresh()).toBe('no_chain');
    const other = await federationWorld();
    await other.say({
      authority_hints: ['https://gone.example', 'https://clinic.example', COUNTY],
    });
    expect((await other.resolver().resolve(CLINIC)).path).toEqual([CLINIC, COUNTY, ANCHOR]);
  });

  it('bounds fetches and time: a slow authority or a tall tower of them costs its share and no more', async () => {
    const world = await federationWorld();
    const silence = () => new Promise<never>((_resolve, reject) => setTimeout(reject, 40, new Error('late')));
    world.said.set(configurationUrl(COUNTY).href, silence);
    expect(await brokenRule(() => world.resolver({ ...LIMITS, fetchMs: 20 }).resolve(CLINIC))).toBe(
      'unreachable',
    );
    expect(await brokenRule(() => world.resolver({ ...LIMITS, totalMs: 0 }).resolve(CLINIC))).toBe('limits');
    expect(
      await brokenRule(async () =>
        (await federationWorld()).resolver({ ...LIMITS, fetches: 3 }).resolve(CLINIC),
      ),
    ).toBe('limits');
    // every superior names two more: without bounds two to the power of the levels
    const key = await makeKey(NOW);
    const tower = async (url: URL) => {
      const sub = url.searchParams.get('sub');
      const own = url.origin;
      const name = own.slice(8, -8);
      const hints = [`https://${name}a.example`, `https://${name}b.example`];
      const claims = { iss: own, sub: sub ?? own, iat: SECONDS, exp: SECONDS + 60, jwks: world.jwksOf(key) };
      const more = {
        authority_hints: hints,
        metadata: { federation_entity: { federation_fetch_endpoint: `${own}/fetch` } },
      };
      return world.statement(
        await signAs(key, 'entity-statement+jwt', sub === null ? { ...claims, ...more } : claims),
      );
    };
    let count = 0;
    const ask = (url: URL) => {
      count += 1;
      return tower(url);
    };
    const resolver = createResolver({ ask, clock: () => NOW, anchors: world.anchors });
    expect(await brokenRule(() => resolver.resolve('https://x.example'))).toBeDefined();
    expect(count).toBeLessThanOrEqual(LIMITS.fetches);
  });

  it('remembers no silence of whoever was left less than their time by somebody slow', async () => {
    const world = await federationWorld();
    const resolver = world.resolver({ ...LIMITS, fetchMs: 7990, totalMs: 8000 });
    const [slow, late] = [configurationUrl(CLINIC).href, configurationUrl(COUNTY).href];
    const own = world.said.get(slow) ?? (() => Promise.reject(new Error()));
    world.said.set(slow, () => new Promise((resolve) => setTimeout(resolve, 20)).then(own));
    world.said.set(late, () => Promise.reject(new Error('out of time')));
    expect(await brokenRule(() => resolver.resolve(CLINIC))).toBe('limits');
    world.said.delete(late);
    expect((await resolver.resolve(CLINIC)).path).toEqual([CLINIC, COUNTY, ANCHOR]);
  });

  it('I1: hints to loopback, private and link-local addresses are never asked', async () => {
    const inside = [
      'http://127.0.0.1:9',
      'https://127.0.0.1',
      'https://10.0.0.1',
      'https://169.254.169.254',
      'https://[::1]',
    ];
    const resolver = createResolver({ ask: askWorld(false), clock: () => NOW, anchors: new Map() });
    const outcomes = await Promise.all(inside.map((id) => brokenRule(() => resolver.resolve(id))));
    expect(outcomes).toEqual(inside.map(() => 'unreachable'));
  });

  it('remembers a made-up id for a minute, and leaves a mark that is forged or lent', async () => {
    const world = await federationWorld();
    const resolver = world.resolver();
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await brokenRule(() => resolver.resolve('https://made-up.example'))).toBe('unreachable');
    }
    expect(world.asked).toHaveLength(1);
    const forged = await signAs(world.keys.clinicKey, 'trust-mark+jwt', {
      iss: ANCHOR,
      sub: CLINIC,
      trust_mark_type: MARK,
      iat: SECONDS,
    });
    await world.say({ trust_marks: [{ trust_mark_type: MARK, trust_mark: forged }] });
    const second = world.resolver();
    expect(await second.marksOf(await second.resolve(CLINIC))).toEqual([]);
  });
});
