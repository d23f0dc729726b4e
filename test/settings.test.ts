import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SECTIONS as IDP, readConfig } from '#idp/config.ts';
import { describeSettings } from '#kit/settings.ts';
import { SECTIONS as MCH } from '#mch/config.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../docs/settings.md');

const document = (): string =>
  [
    '# Settings',
    '',
    'Generated from what the programs read: `WRITE_DOCS=1 npm test -- test/settings.test.ts` writes it anew.',
    '',
    '## Identity provider',
    '',
    describeSettings(IDP),
    '## MCH system',
    '',
    describeSettings(MCH),
  ].join('\n');

describe('settings', () => {
  it('are listed in docs/settings.md as they are', () => {
    if (process.env['WRITE_DOCS']) writeFileSync(DOCUMENT, document());
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(document());
  });

  it('refuse times of signing keys under which somebody meets a token whose key they cannot have', () => {
    const needed = { IDP_DATABASE_URL: 'postgres://', IDP_MASTER_KEYS: Buffer.alloc(32).toString('base64') };
    const scheduleOf = (env: NodeJS.ProcessEnv) => readConfig({ ...needed, ...env }).keys.schedule;
    expect(scheduleOf({})).toMatchObject({ announceMs: 86_400_000, deadlineMs: 7 * 86_400_000 });
    // what no setting says follows: the longest of tokens and session, a poll and the skew
    expect(scheduleOf({}).keepPublishedMs).toBe((8 * 3600 + 2 + 60) * 1000);
    expect(scheduleOf({}).tokenMs).toBe((600 + 2 + 60) * 1000);
    expect(scheduleOf({ JWKS_MAX_AGE_SECONDS: '86400' }).announceMs).toBe((86_400 + 62) * 1000);
    expect(scheduleOf({ SESSION_ABSOLUTE_SECONDS: '60', ID_TOKEN_SECONDS: '3600' }).keepPublishedMs).toBe(
      (3600 + 62) * 1000,
    );
    const faults = (env: NodeJS.ProcessEnv): string => {
      try {
        scheduleOf(env);
        return '';
      } catch (error) {
        return String(error);
      }
    };
    const all = faults({
      KEY_ANNOUNCE_SECONDS: '361',
      KEY_KEEP_SECONDS: '28861',
      KEY_DEADLINE_SECONDS: '364',
      KEY_ROTATION_SECONDS: '364',
    });
    for (const [name, least] of [
      ['KEY_ANNOUNCE_SECONDS', 'must be at least 362 '],
      ['KEY_KEEP_SECONDS', 'must be at least 28862 '],
      ['KEY_DEADLINE_SECONDS', 'must be at least 365 '],
      ['KEY_ROTATION_SECONDS', 'must be longer than 364 '],
    ]) {
      expect(all).toContain(`${name}: ${least}`);
    }
    expect(faults({ KEY_ANNOUNCE_SECONDS: '362', KEY_DEADLINE_SECONDS: '366' })).toBe('');
  });

  it('tell every fault at once, by name and never by value', () => {
    const secret = 'a-value-never-shown';
    expect(() =>
      readConfig({
        NODE_ENV: 'production',
        IDP_DATABASE_URL: '',
        IDP_MASTER_KEYS: secret,
        IDP_ISSUER: 'http://idp.example.test/path',
        KEY_ANNOUNCE_SECONDS: '0',
      }),
    ).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /(?=.*IDP_DATABASE_URL)(?=.*IDP_MASTER_KEYS)(?=.*KEY_ANNOUNCE_SECONDS)(?!.*a-value)/s,
        ),
      }) as Error,
    );
  });
});
