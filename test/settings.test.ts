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
