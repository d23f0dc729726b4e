import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig as readIdp } from '#idp/config.ts';
import { isExampleSecret } from '#kit/production.ts';
import { readConfig as readMch } from '#mch/config.ts';

const key = (): string => randomBytes(32).toString('base64');
const IDP = {
  NODE_ENV: 'production',
  IDP_ISSUER: 'https://entry.agency.gov.tw',
  IDP_DATABASE_URL: `postgres://idp:${randomBytes(16).toString('hex')}@db.agency.gov.tw/idp`,
  IDP_MASTER_KEYS: key(),
  MAIL_URL: 'smtps://mail.agency.gov.tw',
};
const MCH = {
  NODE_ENV: 'production',
  MCH_ORIGIN: 'https://mch.agency.gov.tw',
  MCH_ISSUER: 'https://entry.agency.gov.tw',
  MCH_DATABASE_URL: `postgres://mch:${randomBytes(16).toString('hex')}@db.agency.gov.tw/mch`,
  MCH_CLIENT_SECRET: randomBytes(32).toString('base64url'),
  MCH_MASTER_KEYS: key(),
};

const faultOf = (read: () => unknown): string => {
  try {
    read();
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('production', () => {
  it('takes what is meant for it', () => {
    expect(faultOf(() => readIdp(IDP))).toBe('');
    expect(faultOf(() => readMch(MCH))).toBe('');
    expect(readIdp({ ...IDP, NODE_ENV: undefined }).production).toBe(false);
  });

  const same = Buffer.alloc(32, 7).toString('base64');
  const text = Buffer.from('this-is-a-key-of-thirty-two-byte').toString('base64');
  it.each([
    ['IDP_ISSUER', 'http://entry.agency.gov.tw', 'must be https'],
    ['IDP_ISSUER', 'https://localhost:3000', 'must not be this very machine'],
    ['IDP_ISSUER', 'https://idp.example.com', 'is an address of an example'],
    ['IDP_ISSUER', undefined, 'must be https in production'],
    ['IDP_MASTER_KEYS', same, 'was not made at random'],
    ['IDP_MASTER_KEYS', `${key()},${Buffer.alloc(32).toString('base64')}`, 'was not made at random'],
    ['IDP_MASTER_KEYS', text, 'was not made at random'],
    ['IDP_MASTER_KEYS', Buffer.alloc(32, 'abc').toString('base64'), 'was not made at random'],
    ['IDP_DATABASE_URL', 'postgres://idp:postgres@db.agency.gov.tw/idp', 'a password everybody would try'],
    ['IDP_DATABASE_URL', 'postgres://idp@db.example.test/idp', 'is an address of an example'],
    ['IDP_DATABASE_DIRECT_URL', 'postgres://idp:change-me@db.agency.gov.tw/idp', 'a password everybody'],
    ['MAIL_URL', undefined, 'is needed in production'],
    ['MAIL_URL', 'smtps://mail.example.org', 'is an address of an example'],
    ['IDP_DEMO', '1', 'never in production'],
    ['CAPTCHA_FIXED', '24680', 'never in production'],
    ['IDP_HCA_VIRTUAL_CARDS', '/tmp/cards', 'only in the demo'],
    ['ARGON2_MEMORY_KIB', '64', 'must be at least 19456'],
    ['ARGON2_TIME', '1', 'must be at least 2'],
  ])('refuses %s=%s of the identity provider', (name, value, words) => {
    expect(faultOf(() => readIdp({ ...IDP, [name]: value }))).toMatch(new RegExp(`${name}: [^;]*${words}`));
  });

  it.each([
    ['MCH_ORIGIN', undefined, 'must be https in production'],
    ['MCH_ORIGIN', 'https://127.0.0.1:4000', 'must not be this very machine'],
    ['MCH_ISSUER', 'http://localhost:3000', 'must be https in production'],
    ['MCH_MASTER_KEYS', same, 'was not made at random'],
    ['MCH_CLIENT_SECRET', 'a-synthetic-client-secret-for-tests', 'is a secret of an example'],
    ['MCH_CLIENT_SECRET', 'aaaaaaaaaaaaaaaaaaaaaaaaaaa', 'is a secret of an example'],
    ['MCH_DATABASE_URL', 'postgres://mch:password@db.agency.gov.tw/mch', 'a password everybody would try'],
  ])('refuses %s=%s of the MCH system', (name, value, words) => {
    expect(faultOf(() => readMch({ ...MCH, [name]: value }))).toMatch(new RegExp(`${name}: [^;]*${words}`));
  });

  it('tells everything at once, by name and never by value', () => {
    const all = faultOf(() =>
      readIdp({
        NODE_ENV: 'production',
        IDP_DATABASE_URL: 'postgres://idp:postgres@db.example.test/idp',
        IDP_MASTER_KEYS: same,
        IDP_DEMO: '1',
        CAPTCHA_FIXED: '24680',
        ARGON2_MEMORY_KIB: '64',
      }),
    );
    for (const name of [
      ...['IDP_ISSUER', 'IDP_DATABASE_URL', 'IDP_MASTER_KEYS', 'MAIL_URL', 'IDP_DEMO', 'CAPTCHA_FIXED'],
      'ARGON2_MEMORY_KIB',
    ]) {
      expect(all).toContain(`${name}: `);
    }
    expect(all).not.toContain(same);
    expect(all).not.toContain('24680');
  });

  it('knows the secret of an example, and takes no random one for it', () => {
    expect(['test-secret-1234567', 'ChangeMe', 'demo', '0000000000000'].every(isExampleSecret)).toBe(true);
    const made = Array.from({ length: 2000 }, () => randomBytes(32).toString('base64url'));
    expect(made.filter(isExampleSecret)).toEqual([]);
  });
});

describe('where a secret comes from', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sources-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileOf = (name: string, content: string, mode: number): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };
  const { IDP_MASTER_KEYS: _keys, ...REST } = IDP;
  const masterKeys = (environment: NodeJS.ProcessEnv): string =>
    readIdp({ ...REST, ...environment }).masterKeys;

  it('a file for one reader; in production none that everybody on the machine can read', () => {
    chmodSync(folder, 0o755);
    const own = fileOf('own', key(), 0o600);
    const open = fileOf('open', key(), 0o644);
    expect(masterKeys({ IDP_MASTER_KEYS_FILE: own })).toHaveLength(44);
    expect(() => masterKeys({ IDP_MASTER_KEYS_FILE: open })).toThrow('can be read by everybody');
    expect(masterKeys({ IDP_MASTER_KEYS_FILE: open, NODE_ENV: 'test' })).toHaveLength(44);
    // a folder that lets nobody in protects what is in it
    const inside = path.join(folder, 'closed');
    mkdirSync(inside, { mode: 0o700 });
    expect(masterKeys({ IDP_MASTER_KEYS_FILE: fileOf('closed/open', key(), 0o644) })).toHaveLength(44);
  });

  it('every secret can: the PIN, the client’s, the mail server’s', () => {
    const file = fileOf('mail', 'smtps://mail.agency.gov.tw\n', 0o600);
    const { MAIL_URL: _mail, ...without } = IDP;
    expect(readIdp({ ...without, MAIL_URL_FILE: file }).mail.url).toBe('smtps://mail.agency.gov.tw');
    const pin = { IDP_HSM_MODULE: '/lib/p11.so', IDP_HSM_TOKEN: 'entry', IDP_HSM_PIN_FILE: file };
    expect(readIdp({ ...IDP, ...pin }).hsm?.pin).toBe('smtps://mail.agency.gov.tw');
    expect(() => readIdp({ ...IDP, IDP_HSM_MODULE: '/lib/p11.so' })).toThrow(
      /IDP_HSM_TOKEN: is needed for an HSM; IDP_HSM_PIN: is needed/,
    );
  });

  it('a program, called without a shell', () => {
    const [first, second] = [key(), key()];
    const print = `process.stdout.write('${first}\\n${second}\\n')`;
    const command = JSON.stringify([process.execPath, '-e', print]);
    expect(masterKeys({ IDP_MASTER_KEYS_COMMAND: command })).toBe(`${first}\n${second}`);
    const file = fileOf('printed', first, 0o600);
    expect(masterKeys({ IDP_MASTER_KEYS_COMMAND: `cat ${file}` })).toBe(first);
    expect(() => masterKeys({ IDP_MASTER_KEYS_COMMAND: `cat ${file}; cat ${file}` })).toThrow('failed (1)');
    expect(() => masterKeys({ IDP_MASTER_KEYS_COMMAND: '/nowhere/kms' })).toThrow('cannot be run (ENOENT)');
    expect(() => masterKeys({ IDP_MASTER_KEYS_COMMAND: '[1]' })).toThrow('no JSON list of words');
    const much = JSON.stringify([process.execPath, '-e', "process.stdout.write('a'.repeat(100000))"]);
    expect(() => masterKeys({ IDP_MASTER_KEYS_COMMAND: much })).toThrow('cannot be run (ENOBUFS)');
  });

  it('one source exactly, and keys that are keys, each once', () => {
    const twice = { IDP_MASTER_KEYS: key(), IDP_MASTER_KEYS_COMMAND: 'true', IDP_MASTER_KEYS_FILE: '/x' };
    expect(() => masterKeys(twice)).toThrow(
      'IDP_MASTER_KEYS: is given twice, by IDP_MASTER_KEYS and IDP_MASTER_KEYS_FILE and IDP_MASTER_KEYS_COMMAND',
    );
    expect(() => masterKeys({})).toThrow('IDP_MASTER_KEYS: ');
    const one = key();
    expect(() => masterKeys({ IDP_MASTER_KEYS: `${one},${one}` })).toThrow('at most 8 keys, each once');
    expect(() => masterKeys({ IDP_MASTER_KEYS: one.slice(0, 20) })).toThrow('must be 32 bytes in base64');
  });
});
