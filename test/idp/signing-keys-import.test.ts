import { generateKeyPairSync } from 'node:crypto';
import { readForeignKey } from '#idp/signing-keys/read-key.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const jwk = p256.export({ format: 'jwk' });
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  });
const text = (value: unknown) => JSON.stringify(value);

describe('a private key somebody brings', () => {
  it.each([
    ['PKCS#8', p256.export({ type: 'pkcs8', format: 'pem' }).toString(), 'ES256'],
    ['SEC 1', p256.export({ type: 'sec1', format: 'pem' }).toString(), 'ES256'],
    ['PKCS#1', rsa(2048).toString(), 'RS256'],
    ['a JWK', text({ ...jwk, alg: 'ES256', use: 'sig', key_ops: ['sign'] }), 'ES256'],
  ])('is read as %s; its kid is its thumbprint', async (_form, given, alg) => {
    const key = await readForeignKey(given);
    expect(key).toMatchObject({ alg, publicJwk: { alg, use: 'sig', kid: key.kid } });
    expect(key.kid).toMatch(/^[\w-]{43}$/);
    expect(key.publicJwk).not.toHaveProperty('d');
  });

  it('keeps the kid a JWK has', async () => {
    expect((await readForeignKey(text({ ...jwk, kid: 'sig-2026' }))).kid).toBe('sig-2026');
  });

  it.each([
    ['nothing', '', 'is no private key'],
    ['no JSON', '{', 'is no JSON'],
    ['a set', text({ keys: [jwk] }), 'is a set'],
    ['no JWK', text({ d: 'x' }), 'is no JWK'],
    ['a public JWK', text({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }), 'is a public one'],
    ['a kid with a quote', text({ ...jwk, kid: '"' }), 'unusable kid'],
    ['another algorithm', text({ ...jwk, alg: 'ES384' }), 'is for ES384'],
    ['a key to encrypt', text({ ...jwk, use: 'enc' }), 'not for signing (use)'],
    ['a key to verify', text({ ...jwk, key_ops: ['verify'] }), 'not for signing (key_ops)'],
    ['halves of two keys', text({ ...jwk, d: other.d }), /is no private key|does not sign/],
    ['another curve', pemOf('P-384'), 'another curve'],
    ['secp256k1', pemOf('secp256k1'), 'another curve'],
    [
      'Ed25519',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'is neither',
    ],
    ['1024 bits', rsa(1024), 'has 1024 bits'],
    ['a small exponent', rsa(2048, 3), 'another exponent'],
    ['no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'is no private key'],
  ])('is refused: %s', async (_what, given, why) => {
    const refused = expect(readForeignKey(given.toString())).rejects;
    await refused.toThrow(why);
  });

  it('is not told of in the refusal', async () => {
    const refusal = await readForeignKey(text({ ...jwk, d: other.d })).catch((error: Error) => error.message);
    expect(refusal).not.toContain(String(other.d));
  });
});

function pemOf(namedCurve: string) {
  return generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' });
}
