import { decodeJwt } from 'jose';
import pino from 'pino';
import type { AuthorityKey } from '#idp/federation/authority/index.ts';
import { findIdentityProvider } from '#mch/relying-party/index.ts';
import { signAs } from '../idp/federation-world.ts';
import { startFederation } from '../support/authorities.ts';
import { type Mch, startMch } from './support/mch.ts';

const TYPE = 'resolve-response+jwt';

describe('OpenID Federation §8.3: the MCH system believes a provider as far as its anchor vouches for it', () => {
  let federation: Awaited<ReturnType<typeof startFederation>>;
  let mch: Mch;
  let at: string;
  let metadata: Record<string, unknown>;
  beforeAll(async () => {
    federation = await startFederation(() => new Date());
    mch = await startMch({
      MCH_TRUST_ANCHORS: JSON.stringify({ [federation.anchor]: federation.anchorJwks }),
    });
    const { issuer } = mch.op;
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
    metadata = (await answer.json()) as Record<string, unknown>;
    at = `${federation.anchor}/resolve?${new URLSearchParams({
      ...{ sub: issuer, trust_anchor: federation.anchor, entity_type: 'openid_provider' },
    }).toString()}`;
  });
  afterAll(async () => {
    await mch.stop();
    await federation.stop();
  });

  const seconds = (): number => Math.floor(mch.clock.now().getTime() / 1000);
  const signed = async (
    more: object = {},
    { key = federation.keys.anchorKey, type = TYPE }: { key?: AuthorityKey; type?: string } = {},
  ) =>
    signAs(key, type, {
      ...{ iss: federation.anchor, sub: mch.op.issuer, iat: seconds() - 1, exp: seconds() + 300 },
      metadata: { openid_provider: metadata },
      ...more,
    });
  /** The error that a system that knows nothing yet ends with; undefined when it believes the provider. */
  const outcome = async (
    token?: string,
    anchors: object = { [federation.anchor]: federation.anchorJwks },
  ) => {
    federation.answer(at, token);
    const settings = { issuer: mch.op.issuer, clientId: 'mch-app', clientSecret: 'x'.repeat(32) };
    const provider = findIdentityProvider(
      { ...settings, trustAnchors: anchors as never },
      mch.clock.now,
      pino({ level: 'silent' }),
    );
    return provider.configuration().then(
      (found) => found.serverMetadata().issuer,
      (error: { code?: string }) => error.code,
    );
  };

  it('takes what the anchor signed, and refuses what is expired, altered, of another key, type, subject or provider', async () => {
    const good = await signed();
    const foreign = { [federation.anchor]: { keys: [] } };
    const refused = 'provider_not_trusted';
    const rows: [string, string | undefined, string][] = [
      ['good', good, mch.op.issuer],
      ['expired', await signed({ exp: seconds() - 1 }), refused],
      ['without an end', await signed({ exp: undefined }), refused],
      ['altered', `${good.slice(0, -8)}AAAAAAAA`, refused],
      ['signed by the county', await signed({}, { key: federation.keys.countyKey }), refused],
      ['a statement instead', await signed({}, { type: 'entity-statement+jwt' }), refused],
      ['of another issuer', await signed({ iss: federation.county }), refused],
      ['of another entity', await signed({ sub: federation.county }), refused],
      [
        'of another provider',
        await signed({ metadata: { openid_provider: { ...metadata, issuer: 'https://elsewhere.example' } } }),
        refused,
      ],
      ['no provider at all', await signed({ metadata: {} }), refused],
      ['nonsense', 'nonsense', refused],
      // the real endpoint: the provider publishes nothing of itself
      ['nobody knows it', undefined, 'identity_provider_unavailable'],
    ];
    const outcomes: [string, unknown][] = [];
    for (const [name, token] of rows) outcomes.push([name, await outcome(token)]);
    expect(outcomes).toEqual(rows.map(([name, , expected]) => [name, expected]));
    expect(await outcome(good, foreign)).toBe(refused);
    expect(await outcome(good, { 'http://127.0.0.1:1': federation.anchorJwks })).toBe(
      'identity_provider_unavailable',
    );
  });

  it('tells the person on a clear page, and whoever looks at readiness; signs in once it holds, to its end and no longer', async () => {
    federation.answer(at, await signed({ exp: seconds() - 1 }));
    const visitor = mch.visitor();
    const refused = await visitor.go('/sign-in', { headers: { 'accept-language': 'en' } });
    expect([refused.status, refused.url]).toEqual([502, `${mch.origin}/sign-in`]);
    expect(refused.text).toContain('The single entry cannot be confirmed');
    const ready = await fetch(`${mch.origin}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', identity_provider: 'not_trusted' },
    ]);

    mch.clock.advance(5);
    const token = await signed({ exp: seconds() + 60 });
    federation.answer(at, token);
    const home = await visitor.go('/');
    expect([home.status, home.url]).toEqual([200, `${mch.origin}/`]);
    expect(await (await fetch(`${mch.origin}/readyz`)).json()).toEqual({ status: 'ready' });

    mch.clock.advance(90); // what it was believed by has ended, and nothing newer comes
    expect((decodeJwt(token).exp ?? 0) < seconds()).toBe(true);
    const ended = await mch.visitor().go('/sign-in');
    expect(ended.status).toBe(502);
    federation.answer(at, await signed());
    mch.clock.advance(5);
    expect((await mch.visitor().go('/')).status).toBe(200);
  });
});
