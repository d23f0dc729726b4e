import { readConfig } from '#idp/config.ts';

const settings = {
  IDP_DATABASE_URL: 'postgres://127.0.0.1/none',
  IDP_MASTER_KEYS: Buffer.alloc(32, 1).toString('base64'),
  IDP_ISSUER: 'https://portal.example.test',
};

describe('settings of mail', () => {
  it('a production needs a mail server', () => {
    expect(() => readConfig({ ...settings, NODE_ENV: 'production' })).toThrow('MAIL_URL: is needed');
    const config = readConfig({ ...settings, MAIL_URL: 'smtps://mail.example.test' });
    expect(config.mail).toEqual({ url: 'smtps://mail.example.test', from: 'no-reply@portal.example.test' });
  });

  it.each(['http://mail.example.test', 'mail.example.test', 'smtp:'])('%s is no mail server', (MAIL_URL) => {
    expect(() => readConfig({ ...settings, MAIL_URL })).toThrow('MAIL_URL');
  });

  it.each(['a@b.test\r\nBcc: c@d.test', 'Name <a@b.test>', 'a@b.test, c@d.test', ''])(
    'I7: %j is no sender',
    (MAIL_FROM) => {
      expect(() => readConfig({ ...settings, MAIL_FROM })).toThrow('MAIL_FROM');
    },
  );
});
