import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type JWK, decodeJwt, decodeProtectedHeader } from 'jose';
import { readStatement, verifySignature } from '#idp/federation/trust-chain/index.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';

/* OpenID Federation 1.0 as the provider. */

const ANCHOR = 'https://anchor.example.gov.tw';
const OURS = {
  organizationName: 'Ministry',
  contacts: ['ops@example.gov.tw'],
  authorityHints: [ANCHOR],
};

let world: IdpWorld;
let folder: string;
const ask = (options: RequestInit = {}) => fetch(`${world.issuer}/.well-known/openid-federation`, options);
const configuration = async () => (await ask()).text();
const kidsOf = (token: string) => (decodeJwt(token)['jwks'] as { keys: JWK[] }).keys.map(({ kid }) => kid);
const apply = async (settings: object) => {
  const file = path.join(folder, 'federation.json');
  await writeFile(file, JSON.stringify(settings));
  return world.command('federation', 'apply', file);
};

beforeAll(async () => {
  world = await startIdpWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'federation-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

describe('OpenID Federation §9: the provider’s entity configuration', () => {
  it('is not there without a federation, and a file with faults makes none', async () => {
    expect((await ask()).status).toBe(404);
    const wrong = [
      { ...OURS, authorityHints: [] },
      { ...OURS, authorityHints: ['http://10.0.0.1'] },
      { ...OURS, trustMarks: [{ type: `${ANCHOR}/mark`, mark: 'none' }] },
      { ...OURS, jwks: {} },
    ];
    for (const settings of wrong) expect((await apply(settings)).code).toBe(1);
    expect((await world.command('federation', 'rotate', '--reason', 'plan')).code).toBe(1);
    expect((await ask()).status).toBe(404);
  });

  it('§3.1.2, §5.1.3: says what discovery says, signed with a key that signs nothing else', async () => {
    expect(await apply(OURS)).toMatchObject({ code: 0 });
    await eventually(async () => expect((await ask()).status).toBe(200));
    const answer = await ask();
    expect(answer.headers.get('content-type')).toBe('application/entity-statement+jwt');
    const token = await answer.text();
    const { claims } = readStatement(token, new Date());
    await verifySignature(token, claims.jwks);
    const discovery = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(claims).toMatchObject({
      ...{ iss: world.issuer, sub: world.issuer, authority_hints: [ANCHOR] },
      metadata: {
        openid_provider: discovery as Record<string, unknown>,
        federation_entity: { organization_name: 'Ministry', contacts: OURS.contacts },
      },
    });
    expect(claims.exp - claims.iat).toBe(86_400);
    expect(JSON.stringify(claims.jwks)).not.toContain('"d"');
    const { keys } = (await (await fetch(`${world.issuer}/oidc/jwks`)).json()) as { keys: JWK[] };
    expect(keys.map(({ kid }) => kid)).not.toContain(decodeProtectedHeader(token).kid);
    expect(await configuration()).toBe(token); // signed once, sent again
    const { status, body } = await ask({ method: 'HEAD' });
    expect([status, body]).toEqual([200, null]);
  });

  it('§11.3: announces a key before it signs, and takes a leaked one out at once', async () => {
    const [first] = kidsOf(await configuration());
    const rotated = await world.command('federation', 'rotate', '--days', '7', '--reason', 'plan');
    expect(rotated.output).toContain('is announced');
    await eventually(async () => expect(kidsOf(await configuration())).toHaveLength(2));
    const [, next] = kidsOf(await configuration());
    expect(decodeProtectedHeader(await configuration()).kid).toBe(first);
    expect((await world.command('federation', 'rotate', '--reason', 'again')).code).toBe(1);
    expect((await world.command('federation', 'keys')).output).toMatch(/active[\s\S]*announced/);

    expect((await world.command('federation', 'revoke', String(first), '--reason', 'leak')).code).toBe(0);
    await eventually(async () => expect(kidsOf(await configuration())).toEqual([next]));
    expect(decodeProtectedHeader(await configuration()).kid).toBe(next);
    const rows = await world.database.query('select type from audit_event where type like $1', [
      'federation%',
    ]);
    expect(rows).toHaveLength(4);
  });
});
