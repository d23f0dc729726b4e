import { readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { recordAudit } from '#idp/audit/index.ts';
import { createPasswordHasher } from '#idp/authenticators/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { Visitor } from './sign-in-browser.ts';
import { PASSWORD, type World, openWorld } from './sign-in-world.ts';

describe('P-06: the password step', () => {
  let world: World;
  let serial = 0;
  beforeAll(async () => {
    world = await openWorld();
    await world.addPerson({ loginName: 'active' });
    await world.addPerson({ loginName: 'wrong' });
    await world.addPerson({ loginName: 'locked' });
    await world.addPerson({ loginName: 'disabled', status: 'disabled' });
    await world.addPerson({ loginName: 'expired', expiresAt: after(world.now, -1) });
  });
  afterAll(() => world.close());

  const visit = () => {
    serial += 1;
    const uid = `password-${serial}`;
    world.begin(uid);
    return { uid, visitor: new Visitor(world, uid), entry: () => world.interactions.get(uid) };
  };
  const lastAudit = () =>
    world.database.db.selectFrom('audit_event').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow();

  it('lets the right person in, with 303, and says so once', async () => {
    const { visitor, entry } = visit();
    const answer = await visitor.signIn('  ACTIVE ');
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/oidc\/auth\//);
    expect(entry()?.result).toMatchObject({ acr: 'urn:single-entry:acr:password', amr: ['pwd'] });
    expect(entry()?.result?.authTime).toBe(world.now.getTime() / 1000);
    expect(await lastAudit()).toMatchObject({
      type: 'sign_in.succeeded',
      outcome: 'success',
      ip: '127.0.0.1',
    });
    const row = await world.database.db
      .selectFrom('account')
      .select('last_sign_in_at')
      .where('login_name', '=', 'active')
      .executeTakeFirstOrThrow();
    expect(row.last_sign_in_at).toEqual(world.now);
  });

  it('tells the page that follows when the person was here before', async () => {
    const { visitor, entry } = visit();
    await visitor.signIn('active');
    expect(entry()?.result?.previousSignInAt).toEqual(world.now);
  });

  it('answers every refusal alike and does one hash for each', async () => {
    const locked = visit().visitor;
    for (let attempt = 0; attempt < 3; attempt += 1) await locked.signIn('locked', 'Wrong*2026Password');
    const reasons: (string | null)[] = [];
    const pages: string[] = [];
    for (const [account, password] of [
      ['nobody.at.all', PASSWORD],
      ['wrong', 'Wrong*2026Password'],
      ['locked', PASSWORD],
      ['disabled', PASSWORD],
      ['expired', PASSWORD],
    ] as const) {
      const { visitor } = visit();
      const before = world.verifications;
      const answer = await visitor.signIn(account, password);
      expect(answer.status).toBe(303);
      expect(world.verifications - before).toBe(1);
      reasons.push((await lastAudit()).reason);
      const page = await visitor.get();
      expect(page.status).toBe(200);
      expect(page.text).toContain(`value="${account}"`);
      pages.push(
        page.text
          .replace(`value="${account}"`, 'value=""')
          .replaceAll(/password-\d+/g, 'UID')
          .replaceAll(/\?v(=|&#x3D;)[\w-]+/g, ''),
      );
    }
    expect(reasons).toEqual([
      'unknown_account',
      'wrong_password',
      'locked',
      'account_disabled',
      'account_expired',
    ]);
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain('30 minutes');
  });

  it('locks an unknown name exactly as a known one, and lets the owner in when the time is over', async () => {
    await world.addPerson({ loginName: 'owner' });
    for (const account of ['owner', 'no.owner']) {
      const { visitor } = visit();
      const reasons: (string | null)[] = [];
      const locks: unknown[] = [];
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await visitor.signIn(account, 'Wrong*2026Password');
        const audit = await lastAudit();
        reasons.push(audit.reason);
        locks.push(audit.details['locks']);
      }
      const wrong = account === 'owner' ? 'wrong_password' : 'unknown_account';
      expect(reasons).toEqual([wrong, wrong, wrong, 'locked']);
      expect(locks).toEqual([false, false, true, false]);
    }
    const { visitor, entry } = visit();
    await visitor.signIn('owner');
    expect(entry()?.result).toBeUndefined();
    const lockedAt = world.now;
    world.now = after(lockedAt, 30 * MINUTE);
    await visitor.signIn('owner');
    expect(entry()?.result).toBeDefined();
    world.now = lockedAt;
  });

  it('writes no login name, password or answer into the audit trail', async () => {
    await visit().visitor.signIn('canary.unknown.name', 'Canary*Password1');
    const { account_id: accountId, ...rest } = await lastAudit();
    expect(accountId).toBeNull();
    expect(JSON.stringify(rest)).not.toMatch(/canary|24680/i);
  });

  it('keeps what a caller forges out of the audit trail', async () => {
    const { visitor } = visit();
    await visitor.get();
    const form = { account: 'no.such', password: 'x', captcha: '24680' };
    await visitor.post('/password', form, { 'user-agent': `evil\u0085{"} ${'x'.repeat(400)}` });
    expect((await lastAudit()).user_agent).toBe(`evil {"} ${'x'.repeat(247)}`);

    const caller = { ip: '::1', userAgent: 'a\u001b[31m\nb\0\ud800', requestId: 'r' };
    const details = { note: 'c\0\u2028d' };
    await recordAudit(world.database.db, { type: 'test.done', caller, details });
    expect(await lastAudit()).toMatchObject({ user_agent: 'a [31m b \ufffd', details: { note: 'c  d' } });
  });

  it('does not count a wrong captcha, and voids it', async () => {
    const { visitor, entry } = visit();
    for (let attempt = 0; attempt < 5; attempt += 1) await visitor.signIn('active', PASSWORD, '00000');
    expect((await lastAudit()).reason).toBe('captcha_wrong');
    expect((await visitor.get()).text).toContain('verification code is wrong');
    const first = { account: 'active', password: 'Wrong*2026Password', captcha: '24680' };
    await visitor.post('/password', first);
    await visitor.post('/password', { ...first, password: PASSWORD });
    expect((await lastAudit()).reason).toBe('captcha_wrong');
    expect(entry()?.result).toBeUndefined();
    await visitor.signIn('active');
    expect(entry()?.result).toBeDefined();
  });

  it('asks for nothing of somebody sent away because too many wait: sent again, captcha and all, it counts', async () => {
    const { visitor, entry } = visit();
    await visitor.get();
    const form = { account: 'active', password: PASSWORD, captcha: '24680' };
    const before = world.verifications;
    world.isCrowded = true;
    const away = await visitor.post('/password', form);
    world.isCrowded = false;
    expect(away.status).toBe(503);
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(world.verifications).toBe(before);
    expect((await visitor.post('/password', form)).status).toBe(303);
    expect(entry()?.result).toBeDefined();
  });

  it('I13: forms that never end hold nobody up who has sent theirs', async () => {
    const endless = await Promise.all(
      Array.from({ length: availableParallelism() * 4 }, async () => {
        const { uid } = visit();
        const form = request(`${world.base}/interaction/${uid}/password`, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': '99',
            'x-browser-interaction': uid,
          },
        });
        form.on('error', () => {});
        await new Promise((resolve) => form.write('account=', resolve));
        return form;
      }),
    );
    const { visitor, entry } = visit();
    expect((await visitor.signIn('active')).status).toBe(303);
    expect(entry()?.result).toBeDefined();
    for (const form of endless) form.destroy();
  });

  it('names every empty field, keeps the account, and never a secret', async () => {
    const { visitor } = visit();
    await visitor.get();
    await visitor.post('/password', { account: 'kept "name"', password: 'Secret*2026Word', captcha: '' });
    const page = await visitor.get();
    expect(page.text).toContain('value="kept &quot;name&quot;"');
    expect(page.text).toContain('Enter the verification code');
    expect(page.text).not.toContain('Secret*2026Word');
    await visitor.post('/password', {});
    for (const text of ['Enter your account', 'Enter your password', 'Enter the verification code']) {
      expect((await visitor.get()).text).toContain(text);
    }
  });

  it('D5: tells password managers what is what, and no script stands in the way of pasting', async () => {
    const page = (await visit().visitor.get()).text;
    expect(page).toMatch(/<input[^>]*name="account"[^>]*autocomplete="username"/);
    expect(page).toMatch(/<input[^>]*type="password"[^>]*autocomplete="current-password"/);
    const assets = path.join(import.meta.dirname, '../../templates/assets');
    const scripts = (readdirSync(assets, { recursive: true }) as string[]).filter((file) =>
      /\.m?js$/.test(file),
    );
    expect(scripts.length).toBeGreaterThan(3);
    for (const file of scripts) {
      expect([
        file,
        /['"](on)?paste['"]|onpaste/.test(readFileSync(path.join(assets, file), 'utf8')),
      ]).toEqual([file, false]);
    }
  });

  it('shows a login_hint that people can read, and no other', async () => {
    world.begin('hint', { loginHint: 'demo.nurse' });
    expect((await new Visitor(world, 'hint').get()).text).toContain('value="demo.nurse"');
    world.begin('handle', { loginHint: 'x'.repeat(120) });
    expect((await new Visitor(world, 'handle').get()).text).not.toContain('xxx');
  });

  it('draws a new captcha and keeps the typed account', async () => {
    const { visitor } = visit();
    await visitor.get();
    const answer = await visitor.post('/captcha', { account: 'someone', password: 'ignored' });
    expect(answer.status).toBe(303);
    expect((await visitor.get()).text).toContain('value="someone"');
  });

  it.each([
    ['a NUL byte', { account: 'a\0b', password: 'x', captcha: '1' }, 400],
    ['70 kB', { account: 'x'.repeat(70_000), password: 'x', captcha: '1' }, 413],
    ['a name of 60,000 characters', { account: '名'.repeat(5000), password: 'x', captcha: '24680' }, 303],
    ['half a surrogate', { account: '\ud800', password: '\udfff', captcha: '24680' }, 303],
  ])('stands %s', async (_name, fields, status) => {
    const { visitor } = visit();
    await visitor.get();
    expect((await visitor.post('/password', fields)).status).toBe(status);
    expect((await visitor.get()).status).toBe(200);
  });

  it('renews a hash made at a lower cost, from the password at hand', async () => {
    const accountId = await world.addPerson({ loginName: 'renewed' });
    const cheaper = await createPasswordHasher({ memoryKib: 1024, time: 1 }, createLog('test', 'silent'));
    const hash = await cheaper.hash(PASSWORD);
    await cheaper.stop();
    const credential = world.database.db.updateTable('password_credential').set({ hash });
    await credential.where('account_id', '=', accountId).execute();
    await visit().visitor.signIn('renewed');
    const row = await world.database.db
      .selectFrom('password_credential')
      .select('hash')
      .where('account_id', '=', accountId)
      .executeTakeFirstOrThrow();
    expect(row.hash).toContain('m=2048');
    expect(await world.hasher.verify(row.hash, PASSWORD)).toBe(true);
  });
});
