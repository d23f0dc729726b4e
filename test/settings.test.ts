import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SECTIONS as IDP, readConfig } from '#idp/config.ts';
import { describeSettings } from '#kit/settings.ts';
import { SECTIONS as MCH } from '#mch/config.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../docs/settings.md');

const document = (): string =>
  [
    '# Settings',
    '',
    'A secret may stand in a file: `X_FILE` names it, for every `X` that is a secret. It may be given one way only.',
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

  describe('secrets from files', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const fileOf = (name: string, text: string): string => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    };
    const keys = randomBytes(32).toString('base64');
    const url = 'postgres://idp@db/idp';

    it('are read, without the line end, where X_FILE names one', () => {
      const environment = { IDP_DATABASE_URL: url, IDP_MASTER_KEYS_FILE: fileOf('keys', `${keys}\n`) };
      expect(readConfig(environment).masterKeys).toBe(keys);
    });

    it('are never read for what is no secret', () => {
      const issuer = fileOf('issuer', 'https://elsewhere.example');
      const environment = { IDP_DATABASE_URL: url, IDP_MASTER_KEYS: keys, IDP_ISSUER_FILE: issuer };
      expect(readConfig(environment).issuer).toBe('http://localhost:3000');
    });

    it('are refused when given twice, unreadable or far too long, all told at once', () => {
      const environment = {
        IDP_DATABASE_URL: url,
        IDP_DATABASE_URL_FILE: fileOf('url', url),
        IDP_MASTER_KEYS_FILE: path.join(folder, 'none'),
        MAIL_URL_FILE: fileOf('long', 'x'.repeat(70_000)),
      };
      expect(() => readConfig(environment)).toThrow(
        'Settings that cannot work: IDP_DATABASE_URL: is given twice, by IDP_DATABASE_URL and IDP_DATABASE_URL_FILE; ' +
          'IDP_MASTER_KEYS: its file cannot be read (ENOENT); MAIL_URL: what it holds is too large for a secret.',
      );
    });
  });
});
