import { crc32, inflateSync } from 'node:zlib';
import {
  type CaptchaDeps,
  captchaAnswerSource,
  captchaImage,
  captchaSpeech,
  issueCaptcha,
  loadVoices,
  redeemCaptcha,
} from '#idp/authenticators/index.ts';
import { sweepExpired } from '#idp/sessions/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { type Log, createLog } from '#kit/log.ts';
import { type TestDatabase, keyring, openTestDatabase } from './sign-in-people.ts';

const NOON = new Date('2026-03-02T04:00:00Z');
const ANSWER = '24680';

describe('P-06, X-05: the captcha', () => {
  let database: TestDatabase;
  let deps: CaptchaDeps;
  beforeAll(async () => {
    database = await openTestDatabase();
    deps = { db: database.db, keyring, voices: loadVoices(), newAnswer: () => ANSWER };
  });
  afterAll(() => database.close());

  it('is answered once, whoever comes first of twenty', async () => {
    await issueCaptcha(deps, 'one', NOON);
    const tries = Array.from({ length: 20 }, () => redeemCaptcha(deps, 'one', ANSWER, NOON));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it('is void after one wrong answer', async () => {
    await issueCaptcha(deps, 'two', NOON);
    expect(await redeemCaptcha(deps, 'two', '00000', NOON)).toBe(false);
    expect(await redeemCaptcha(deps, 'two', ANSWER, NOON)).toBe(false);
    expect(await captchaImage(deps, 'two', NOON)).toBeUndefined();
  });

  it('lasts five minutes', async () => {
    await issueCaptcha(deps, 'three', NOON);
    expect(await redeemCaptcha(deps, 'three', ANSWER, after(NOON, 5 * MINUTE))).toBe(false);
    await issueCaptcha(deps, 'three', NOON);
    expect(await redeemCaptcha(deps, 'three', ANSWER, after(NOON, 5 * MINUTE - 1))).toBe(true);
  });

  it('belongs to one interaction', async () => {
    await issueCaptcha({ ...deps, newAnswer: () => '11111' }, 'four', NOON);
    await issueCaptcha({ ...deps, newAnswer: () => '22222' }, 'five', NOON);
    expect(await redeemCaptcha(deps, 'four', '22222', NOON)).toBe(false);
    expect(await redeemCaptcha(deps, 'nobody', '11111', NOON)).toBe(false);
    expect(await redeemCaptcha(deps, 'five', ' ２２２２２ ', NOON)).toBe(true);
  });

  it('is replaced by the next one', async () => {
    await issueCaptcha({ ...deps, newAnswer: () => '11111' }, 'six', NOON);
    await issueCaptcha({ ...deps, newAnswer: () => '22222' }, 'six', NOON);
    expect(await redeemCaptcha(deps, 'six', '11111', NOON)).toBe(false);
  });

  it('is removed when it is over', async () => {
    const now = new Date();
    await issueCaptcha(deps, 'seven', after(now, -10 * MINUTE));
    await issueCaptcha(deps, 'eight', now);
    await sweepExpired({ db: database.db });
    const left = await database.db.selectFrom('captcha_challenge').select('expires_at').execute();
    expect(left).toEqual([{ expires_at: after(now, 5 * MINUTE) }]);
  });

  it('is drawn as a sound PNG, another one each time the answer comes again', async () => {
    await issueCaptcha(deps, 'png', NOON);
    const first = await captchaImage(deps, 'png', NOON);
    expect(await captchaImage(deps, 'png', NOON)).toEqual(first);
    await issueCaptcha(deps, 'png', after(NOON, 1000));
    const second = await captchaImage(deps, 'png', NOON);
    const [a, b] = [pixelsOf(first), pixelsOf(second)];
    expect(a).toHaveLength(b.length);
    expect(a.filter((value, index) => Math.abs(value - (b[index] ?? 0)) > 60).length).toBeGreaterThan(1000);
  });

  it.each(['zh-TW', 'en'] as const)(
    'is spoken in %s as a sound WAV, another one each time',
    async (locale) => {
      await issueCaptcha(deps, 'wav', NOON);
      const first = await captchaSpeech(deps, 'wav', locale, NOON);
      await issueCaptcha(deps, 'wav', after(NOON, 1000));
      const second = await captchaSpeech(deps, 'wav', locale, NOON);
      expect(loudnessOf(first)).toBeGreaterThan(0.02);
      expect(loudnessOf(second)).toBeGreaterThan(0.02);
      expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false);
    },
  );

  it('speaks another language in another recording', async () => {
    await issueCaptcha(deps, 'both', NOON);
    const [zh, en] = [
      await captchaSpeech(deps, 'both', 'zh-TW', NOON),
      await captchaSpeech(deps, 'both', 'en', NOON),
    ];
    expect(zh?.equals(en ?? Buffer.alloc(0))).toBe(false);
  });
});

describe('where captcha answers come from', () => {
  const log = createLog('test', 'silent');

  it('is chance: five digits, not the same ones', () => {
    const next = captchaAnswerSource({ loopback: false, production: true }, log);
    const answers = Array.from({ length: 200 }, next);
    expect(answers.every((answer) => /^\d{5}$/.test(answer))).toBe(true);
    expect(new Set(answers).size).toBeGreaterThan(190);
  });

  it('is a fixed answer on a loopback issuer outside production, loudly', () => {
    const said: string[] = [];
    const loud = { warn: (text: string) => said.push(text) } as unknown as Log;
    const next = captchaAnswerSource({ captchaFixed: ANSWER, loopback: true, production: false }, loud);
    expect(next()).toBe(ANSWER);
    expect(said).toEqual([expect.stringContaining('CAPTCHA_FIXED')]);
  });

  it.each([
    ['in production', { loopback: true, production: true }],
    ['on a public issuer', { loopback: false, production: false }],
    ['with letters', { loopback: true, production: false, captchaFixed: 'abcde' }],
  ])('is never fixed %s', (_name, config) => {
    expect(() => captchaAnswerSource({ captchaFixed: ANSWER, ...config }, log)).toThrow(ConfigurationError);
  });
});

/** Decodes our PNG with its checksums checked. @returns the red samples */
function pixelsOf(png: Buffer | undefined): number[] {
  if (!png) throw new Error('no picture');
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + size);
    expect(png.readUInt32BE(at + 8 + size)).toBe(crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + size;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  expect(rows).toHaveLength((width * 3 + 1) * height);
  return Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return rows[y * (width * 3 + 1) + 1 + x * 3] ?? 0;
  });
}

/** Decodes our WAV. @returns its root mean square, of 1 */
function loudnessOf(wav: Buffer | undefined): number {
  if (!wav) throw new Error('no sound');
  expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([1, 1, 16_000]);
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  const seconds = (wav.length - 44) / 2 / 16_000;
  expect(seconds).toBeGreaterThan(3);
  expect(seconds).toBeLessThan(10);
  let sum = 0;
  for (let at = 44; at < wav.length; at += 2) sum += (wav.readInt16LE(at) / 32_768) ** 2;
  return Math.sqrt(sum / ((wav.length - 44) / 2));
}
