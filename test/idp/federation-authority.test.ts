import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  keyState,
  makeKey,
  planRevocation,
  planRotation,
  runAuthorityCommand,
  signingKey,
} from '#idp/federation/authority/index.ts';
import {
  LIMITS,
  askWorld,
  configurationUrl,
  createResolver,
  readStatement,
} from '#idp/federation/trust-chain/index.ts';
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
      { type: MARK, issuer: ANCHOR, expiresAt: after(NOW, 30 * DAY) },
    ]);
    expect(world.asked).toHaveLength(5);
    await Promise.all(Array.from({ length: 20 }, () => resolver.resolve(CLINIC)));
    expect(world.asked).toHaveLength(5);
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
      authority_hints: ['https://gone.example', 'not a name', 'https://clinic.example', COUNTY],
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

describe('OpenID Federation §8: an authority’s endpoints', () => {
  it('fetches, lists, resolves and tells of marks', async () => {
    const world = await federationWorld();
    const get = (address: string) => world.answerAt(new URL(address));
    const fetched = await get(`${COUNTY}/fetch?sub=${CLINIC}`);
    expect(fetched.type).toBe('application/entity-statement+jwt');
    expect(readStatement(fetched.body, NOW).claims).toMatchObject({
      iss: COUNTY,
      sub: CLINIC,
      source_endpoint: `${COUNTY}/fetch`,
    });
    const refused = [
      `${COUNTY}/fetch`,
      `${COUNTY}/fetch?sub=${COUNTY}`,
      `${COUNTY}/fetch?sub=https://no.example`,
      `${COUNTY}/nothing`,
    ];
    expect(await Promise.all(refused.map(async (each) => (await get(each)).status))).toEqual([
      400, 400, 404, 404,
    ]);
    const lists = [
      '',
      '?entity_type=openid_provider',
      '?intermediate=true',
      '?intermediate=false',
      '?entity_type=federation_entity',
    ];
    const bodies = await Promise.all(
      lists.map(async (query) => JSON.parse((await get(`${ANCHOR}/list${query}`)).body) as unknown),
    );
    expect(bodies).toEqual([[COUNTY], [], [COUNTY], [], [COUNTY]]);

    const resolved = await get(
      `${COUNTY}/resolve?sub=${CLINIC}&trust_anchor=${ANCHOR}&entity_type=openid_relying_party`,
    );
    expect([resolved.type, decodeProtectedHeader(resolved.body).typ]).toEqual([
      'application/resolve-response+jwt',
      'resolve-response+jwt',
    ]);
    expect(decodeJwt(resolved.body)).toMatchObject({
      ...{ iss: COUNTY, sub: CLINIC, exp: SECONDS + 3600 },
      metadata: { openid_relying_party: { grant_types: ['authorization_code'] } },
      trust_marks: [{ trust_mark_type: MARK }],
    });
    const wrong = [
      `${COUNTY}/resolve?sub=${CLINIC}`,
      `${COUNTY}/resolve?sub=${CLINIC}&trust_anchor=https://no.example`,
      `${COUNTY}/resolve?sub=https://no.example&trust_anchor=${ANCHOR}`,
    ];
    const errors = await Promise.all(wrong.map(async (each) => JSON.parse((await get(each)).body) as object));
    expect(errors).toMatchObject([
      { error: 'invalid_request' },
      { error: 'invalid_trust_anchor' },
      { error: 'temporarily_unavailable' },
    ]);

    const type = encodeURIComponent(MARK);
    const mark = (await get(`${ANCHOR}/trust-mark?trust_mark_type=${type}&sub=${CLINIC}`)).body;
    expect((await get(`${ANCHOR}/trust-mark?trust_mark_type=${type}&sub=${COUNTY}`)).status).toBe(404);
    expect(JSON.parse((await get(`${ANCHOR}/trust-mark-list?trust_mark_type=${type}`)).body)).toEqual([
      CLINIC,
    ]);
    const status = async (token: string) => {
      const answer = await world.answerAt(
        new URL(`${ANCHOR}/trust-mark-status`),
        new URLSearchParams({ trust_mark: token }),
        'POST',
      );
      return answer.status === 200 ? decodeJwt(answer.body)['status'] : answer.status;
    };
    const own = { iss: ANCHOR, sub: CLINIC, trust_mark_type: MARK, iat: SECONDS };
    const { anchorKey, clinicKey } = world.keys;
    expect([
      await status(mark),
      await status(await signAs(anchorKey, 'trust-mark+jwt', { ...own, exp: SECONDS })),
      await status(await signAs(anchorKey, 'trust-mark+jwt', { ...own, sub: COUNTY })),
      await status(await signAs(clinicKey, 'trust-mark+jwt', own)),
      await status(await signAs(anchorKey, 'trust-mark+jwt', { ...own, iss: COUNTY })),
      (await get(`${ANCHOR}/trust-mark-status`)).status,
    ]).toEqual(['active', 'expired', 'revoked', 'invalid', 404, 405]);
  });

  it('§11.2: a key is announced before it signs, stays while what it signed is good, and goes at once when it leaked', async () => {
    const [first, second, third] = [await makeKey(NOW), await makeKey(NOW), await makeKey(NOW)];
    const plan = planRotation([first], second, 14 * DAY, NOW);
    if (!plan.allowed) throw new Error(plan.reason);
    const states = (days: number) => plan.keys.map((key) => keyState(key, after(NOW, days * DAY)));
    expect([states(1), states(15), states(23)]).toEqual([
      ['active', 'announced'],
      ['retiring', 'active'],
      ['retired', 'active'],
    ]);
    expect(planRotation(plan.keys, third, 0, NOW)).toEqual({ allowed: false, reason: 'announced' });
    const leaked = planRevocation(plan.keys, first.kid, third, NOW);
    if (!leaked.allowed) throw new Error(leaked.reason);
    expect(signingKey(leaked.keys, NOW)?.kid).toBe(third.kid);
    expect(planRevocation(plan.keys, 'unknown', third, NOW).allowed).toBe(false);
  });
});

describe('idp authority: from reviewed files to the network', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'authority-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('makes keys, publishes what was reviewed, keeps to it when the next file is bad, and serves', async () => {
    const lines: string[] = [];
    const { promise: until, resolve: stop } = Promise.withResolvers<unknown>();
    const run = (...args: string[]) =>
      runAuthorityCommand({ clock: () => NOW, print: (line) => void lines.push(line), until }, args);
    const state = path.join(folder, 'state');
    const file = path.join(folder, 'reviewed.json');
    await expect(run('serve', state, '--port', '0')).rejects.toThrow('cannot be read');
    expect(await run('init', state)).toMatch(/ signs$/);
    await expect(run('init', state)).rejects.toThrow('has keys already');
    await writeFile(
      file,
      JSON.stringify({ entityId: 'http://localhost:4999', organizationName: 'Ministry' }),
    );
    expect(await run('publish', state, file)).toContain('vouches for 0');
    const bad = {
      entityId: 'http://localhost:4999',
      organizationName: 'Ministry',
      subordinates: [{ entityId: 'http://x.example' }],
    };
    await writeFile(file, JSON.stringify(bad));
    await expect(run('publish', state, file)).rejects.toThrow(
      'subordinates.0.entityId: is no entity identifier',
    );
    expect(await run('rotate', state)).toMatch(/is announced$/);
    await expect(run('rotate', state)).rejects.toThrow('announced already');
    expect(JSON.parse(await run('keys', state))).toMatchObject({
      keys: [{ alg: 'ES256' }, { alg: 'ES256' }],
    });

    const served = run('serve', state, '--port', '0');
    while (!lines.some((line) => line.includes('answers on'))) await new Promise(setImmediate);
    const address = `http://${lines.at(-1)?.split(' ').at(-1) ?? ''}`;
    const answer = await fetch(`${address}/.well-known/openid-federation`);
    expect(answer.headers.get('content-type')).toBe('application/entity-statement+jwt');
    const { claims } = readStatement(await answer.text(), NOW);
    expect([claims.sub, claims.jwks.keys.length, claims.authority_hints]).toEqual([
      'http://localhost:4999',
      2,
      undefined,
    ]);
    const large = await fetch(`${address}/trust-mark-status`, { method: 'POST', body: 'x'.repeat(200_000) });
    expect([(await fetch(`${address}/keys.json`)).status, large.status]).toEqual([404, 413]);
    stop(undefined);
    expect(await served).toBe('stopped');

    const keys = path.join(state, 'keys.json');
    expect(await readFile(path.join(state, 'published.json'), 'utf8')).not.toContain('"d"');
    await chmod(keys, 0o644);
    await expect(run('keys', state)).rejects.toThrow('its owner');
  });
});
