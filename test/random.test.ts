import { createHash, createHmac } from 'node:crypto';
import { CookieSignatures } from '#kit/http/cookie-signatures.ts';
import { digest, keyedDigest, randomToken } from '#kit/random.ts';

describe('tokens, digests and signatures', () => {
  it('makes tokens of the length asked for, none twice, whatever is left of what was drawn', () => {
    const made = Array.from({ length: 2000 }, (_none, n) => randomToken(1 + (n % 40)));
    made.forEach((token, n) => expect(Buffer.from(token, 'base64url')).toHaveLength(1 + (n % 40)));
    expect(Buffer.from(randomToken(10_000), 'base64url')).toHaveLength(10_000);
    const long = made.filter((token) => token.length >= 16);
    expect(new Set(long).size).toBe(long.length);
    expect(long.some((token) => /^A+$/.test(token))).toBe(false);
  });

  it('digests as the standards say (FIPS 180-4, RFC 2104)', () => {
    const key = Buffer.alloc(32, 7);
    expect(digest('secret')).toEqual(createHash('sha256').update('secret').digest());
    for (let turn = 0; turn < 2; turn += 1) {
      expect(keyedDigest(key, 'value')).toEqual(createHmac('sha256', key).update('value').digest());
    }
  });

  it('signs cookies as Keygrip did, so that those of a former release stay good, and verifies with any key', () => {
    const [newest, older] = ['bmV3', 'b2xk'];
    const keygrip = (key: string, data: string): string =>
      createHmac('sha1', key)
        .update(data)
        .digest('base64')
        .replaceAll('/', '_')
        .replaceAll('+', '-')
        .replaceAll('=', '');
    const signatures = new CookieSignatures([newest, older]);
    for (let n = 0; n < 50; n += 1) {
      const data = `session=${n}`;
      expect(signatures.sign(data)).toBe(keygrip(newest, data));
      expect(signatures.index(data, keygrip(older, data))).toBe(1);
      expect(signatures.verify(data, keygrip('ZWxzZQ', data))).toBe(false);
      expect(signatures.verify(`${data}0`, signatures.sign(data))).toBe(false);
    }
    for (const wrong of ['', 'x', '\u{1f511}'.repeat(7)])
      expect(signatures.verify('session=1', wrong)).toBe(false);
  });
});
