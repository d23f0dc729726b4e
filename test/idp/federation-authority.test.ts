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
import { readStatement } from '#idp/federation/trust-chain/index.ts';
import { DAY, after } from '#kit/clock.ts';
import { ANCHOR, CLINIC, COUNTY, MARK, NOW, SECONDS, federationWorld, signAs } from './federation-world.ts';

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
    const keyFile = path.join(state, 'keys.json');
    await chmod(keyFile, 0o644); // as a copy comes back: not to be read like that, nor written over
    for (const name of ['keys', 'init', 'rotate'])
      await expect(run(name, state)).rejects.toThrow(name === 'init' ? 'has keys already' : 'chmod 600');
    await chmod(keyFile, 0o600);
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
