import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { startExplicit } from '../support/explicit-registration.ts';
import { eventually } from '../support/eventually.ts';

/* OpenID Federation 1.0 §12.3, and what the provider does while those above a client fail. */

let own: Awaited<ReturnType<typeof startExplicit>>;
beforeAll(async () => {
  own = await startExplicit();
  await own.apply({ policies: [own.policyOf()] });
  await eventually(async () => expect((await own.register('')).status).toBe(400));
});
afterAll(() => own.stop());

const AUTOMATIC = { rp: { client_registration_types: ['automatic'] } };

/** In the last tenth of its life, or past it. */
const near = async (id: string, seconds: number) => {
  await own.query(
    `update federation_client set registered_at = now() - interval '1 hour' where client_id = $1`,
    [id],
  );
  await own.endAt(id, new Date(Date.now() + seconds * 1000));
};
const secondsLeft = async (id: string) =>
  ((await own.rowOf(id))?.expires_at.getTime() ?? 0) / 1000 - Date.now() / 1000;

describe('OpenID Federation §12.3: renewal ahead of the end', () => {
  it('renews what holds before it ends, and nothing that wants to come by itself', async () => {
    const id = own.add('renewing', AUTOMATIC);
    const alone = own.add('alone');
    expect((await own.push(id)).status).toBe(201);
    expect(await own.outcome(await own.hand('alone'))).toBe('200 registered');
    for (const each of [id, alone]) await near(each, 120);
    await eventually(async () => expect(await secondsLeft(id)).toBeGreaterThan(1000), 12_000);
    expect(await secondsLeft(alone)).toBeLessThan(121);
    expect(own.chain.asked).not.toContain('alone');
    expect((await own.rowOf(id))?.failure).toBeNull();
  });

  it('a failed renewal changes nothing until the end, and is remembered with its reason', async () => {
    const id = own.add('failing', AUTOMATIC);
    expect((await own.push(id)).status).toBe(201);
    own.add('failing', { ...AUTOMATIC, marked: false });
    await near(id, 100);
    await eventually(async () => expect((await own.rowOf(id))?.failure).toBe('invalid_trust_chain'), 12_000);
    expect((await own.push(id)).status).toBe(201);
    expect((await own.rowOf(id))?.ended_at).toBeNull();
    await own.apply({ policies: [own.policyOf()], contacts: ['new@example.gov.tw'] });
    await sleep(2500); // the provider has the new settings, and has forgotten what it heard before
    await own.endAt(id, new Date(Date.now() - 1000));
    await eventually(async () => expect((await own.rowOf(id))?.ended_at).not.toBeNull(), 12_000);
    expect((await own.push(id)).body['error']).toBe('invalid_trust_chain');
  });
});

describe('OpenID Federation §10.2: what stands above a client', () => {
  it('is refused when the anchor’s own statement is expired, altered or signed with other keys', async () => {
    const { chain } = own;
    const address = `${chain.anchor}/.well-known/openid-federation`;
    const said = decodeJwt(await (await fetch(address)).text());
    const now = Math.floor(Date.now() / 1000);
    const stranger = await chain.makeKey();
    const cases: [string, () => Promise<string>, string][] = [
      [
        'expired',
        () => chain.sign(chain.keys.anchorKey, { ...said, iat: now - 900, exp: now - 1 }),
        'invalid_trust_chain',
      ],
      [
        'altered',
        async () => `${(await chain.sign(chain.keys.anchorKey, said)).slice(0, -8)}AAAAAAAA`,
        'invalid_trust_chain',
      ],
      ['of other keys', () => chain.sign(stranger, said), 'invalid_trust_chain'],
      [
        'of somebody else',
        () => chain.sign(chain.keys.anchorKey, { ...said, iss: chain.county, sub: chain.county }),
        'invalid_trust_chain',
      ],
    ];
    for (const [at, [name, answer, error]] of cases.entries()) {
      chain.instead.set(address, answer);
      // other settings: nothing is remembered of those before
      await own.apply({ policies: [own.policyOf()], contacts: [`ops${at}@example.gov.tw`] });
      const id = own.add(`below-${at}`, AUTOMATIC);
      await eventually(async () => expect([name, (await own.push(id)).body['error']]).toEqual([name, error]));
      expect(await own.rowOf(id)).toBeUndefined();
    }
    chain.instead.clear();
    await own.apply({ policies: [own.policyOf()] });
    const id = own.add('below-good', AUTOMATIC);
    await eventually(async () => expect((await own.push(id)).status).toBe(201));
  });

  it('keeps a slow superior’s clients waiting for seconds at most, and nobody else at all', async () => {
    const { chain, world } = own;
    await own.apply({ policies: [own.policyOf()], contacts: ['slow@example.gov.tw'] });
    await sleep(2500); // the provider has the new settings, and nothing of before
    chain.slow.countyMs = 30_000;
    const started = performance.now();
    const waiting = Promise.all(
      Array.from({ length: 10 }, async (_, at) => {
        const { body } = await own.push(own.add(`slow-${at}`, AUTOMATIC));
        return { error: body['error'], ms: performance.now() - started };
      }),
    );
    const others: number[] = [];
    const addresses = ['/.well-known/openid-configuration', '/oidc/jwks', '/sign-in', '/healthz', '/readyz'];
    while (performance.now() - started < 2000) {
      for (const each of addresses) {
        const asked = performance.now();
        const { status } = await fetch(world.issuer + each, { redirect: 'manual' });
        expect([each, status < 400]).toEqual([each, true]);
        others.push(performance.now() - asked);
      }
    }
    const answers = await waiting;
    chain.slow.countyMs = 0;
    expect(new Set(answers.map(({ error }) => error))).toEqual(new Set(['temporarily_unavailable']));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(12_000);
    const median = others.toSorted((a, b) => a - b)[Math.floor(others.length / 2)] ?? 0;
    expect(others.length).toBeGreaterThan(50);
    expect(median).toBeLessThan(100);
  });
});
