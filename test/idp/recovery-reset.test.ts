import { generateSync } from 'otplib';
import { insertPasskey, issueRecoveryCodes } from '#idp/authenticators/index.ts';
import { HOUR, MINUTE } from '#kit/clock.ts';
import { asks, ask, choose, enter, linkFor, newestLink, opens } from './recovery-steps.ts';
import { NEW_PASSWORD, OLD_PASSWORD, type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';

describe('SM-13, P-08: the mailed link', () => {
  let world: RecoveryWorld;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    world = await openRecoveryWorld();
    const names = 'whole locked past twice parallel newest late changed typo second other moved off'.split(
      ' ',
    );
    for (const loginName of names) ids.set(loginName, await world.addPerson({ loginName }));
  });
  afterAll(() => world.close());
  beforeEach(() => world.db.deleteFrom('attempt_throttle').execute());

  const follow = async (link: string) => {
    const journey = world.browse();
    return { journey, page: await journey.open(link) };
  };
  const linkRow = (loginName: string) =>
    world.db
      .selectFrom('password_reset')
      .selectAll()
      .where('account_id', '=', ids.get(loginName) ?? '');

  it('N07: leads to a new password, ends every session, tells the owner, and signs nobody in', async () => {
    const elsewhere = world.browse();
    await enter(world, elsewhere, 'whole');
    expect((await elsewhere.open(`${world.issuer}/account/sessions`)).url.pathname).toBe('/account/sessions');

    const { journey, page } = await follow(await linkFor(world, 'whole'));
    expect(page.html).toContain('value="whole"');
    const done = await choose(journey);
    expect(done.url.pathname).toBe('/password-reset/done');
    expect(journey.jar.header(new URL(world.issuer))).not.toContain('session');

    expect((await elsewhere.open(`${world.issuer}/account/sessions`)).url.pathname).toMatch(
      /^\/interaction\//,
    );
    expect(await opens(world, 'whole', OLD_PASSWORD)).toBe(false);
    expect(await opens(world, 'whole', NEW_PASSWORD)).toBe(true);
    expect(await world.mailsTo('whole@example.test', 'N07')).toHaveLength(1);
    const audit = await world.db
      .selectFrom('audit_event')
      .select('type')
      .where('account_id', '=', ids.get('whole') ?? '')
      .where('type', 'like', 'password%')
      .orderBy('id')
      .execute();
    expect(audit.map((event) => event.type)).toEqual(['password_reset.requested', 'password.changed']);
  });

  it('stops a sign-in under way that had proven the former password', async () => {
    const under = world.browse();
    await world.addTotp(ids.get('moved') ?? '');
    await enter(world, under, 'moved');
    const asked = under.page();
    expect(asked?.forms.some(asks('code'))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // times of proof are whole seconds
    await world.db
      .updateTable('password_credential')
      .set({ changed_at: world.clock() })
      .where('account_id', '=', ids.get('moved') ?? '')
      .execute();
    const page = await under.submit(asks('code'), { code: '000000' });
    expect(page.forms.some(asks('captcha'))).toBe(true);
  });

  it('SM-10: releases the lock', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1)
      await enter(world, world.browse(), 'locked', 'Wrong*2026Word');
    expect(await opens(world, 'locked', OLD_PASSWORD)).toBe(false);
    expect(await world.mailsTo('locked@example.test', 'N08')).toHaveLength(1);
    const { journey } = await follow(await linkFor(world, 'locked'));
    await choose(journey);
    expect(await opens(world, 'locked', NEW_PASSWORD)).toBe(true);
  });

  it('takes none of the last three passwords, none against the rules, and stays open meanwhile', async () => {
    const { journey } = await follow(await linkFor(world, 'past'));
    for (const [password, words] of [
      [OLD_PASSWORD, /used recently/],
      ['tooshort', /rules/],
      ['Past~Mountain2026', /may not contain/],
    ] as const) {
      const page = await choose(journey, password);
      expect(page.status).toBe(422);
      expect(page.text).toMatch(words);
      expect(page.html).not.toContain(password);
    }
    expect((await choose(journey, NEW_PASSWORD, 'Other~Mountain2026')).status).toBe(422);
    expect((await choose(journey)).url.pathname).toBe('/password-reset/done');
  });

  it('D12: works once', async () => {
    const link = await linkFor(world, 'twice');
    const { journey } = await follow(link);
    await choose(journey);
    const { journey: again, page } = await follow(link);
    expect(page.status).toBe(410);
    expect(page.text).toContain('used already');
    expect(page.html).toContain('href="/forgot-password"');
    await expect(choose(again)).rejects.toThrow('no such form');
  });

  it('D12: of twenty at once one wins', async () => {
    const { page } = await follow(await linkFor(world, 'parallel'));
    const action = page.forms.find(asks('new_password'))?.action ?? '';
    const passwords = Array.from({ length: 20 }, (_each, at) => `Jade~Mountain20${at + 10}`);
    const answers = await Promise.all(
      passwords.map((password) =>
        fetch(new URL(action, world.issuer), {
          method: 'POST',
          redirect: 'manual',
          headers: { origin: world.issuer },
          body: new URLSearchParams({ new_password: password, repeat_password: password }),
        }),
      ),
    );
    const done = answers.filter((each) => each.headers.get('location') === '/password-reset/done');
    expect(done).toHaveLength(1);
    expect(answers.filter((each) => each.status >= 500 && each.status !== 503)).toEqual([]);
    expect(await world.mailsTo('parallel@example.test', 'N07')).toHaveLength(1);
    const winner = passwords[answers.findIndex((each) => each === done[0])] ?? '';
    expect(await opens(world, 'parallel', winner)).toBe(true);
  });

  it('D12: only the newest opens, and a page left open from an older one does nothing', async () => {
    const { journey, page } = await follow(await linkFor(world, 'newest'));
    expect(page.status).toBe(200);
    const newest = await linkFor(world, 'newest');
    const stale = await choose(journey);
    expect([stale.status, stale.url.pathname]).toEqual([410, '/password-reset']);
    expect(stale.text).toContain('newer link');
    expect(await opens(world, 'newest', OLD_PASSWORD)).toBe(true);
    const { journey: fresh } = await follow(newest);
    expect((await choose(fresh)).url.pathname).toBe('/password-reset/done');
  });

  it('D12: opens for an hour', async () => {
    const link = await linkFor(world, 'late');
    const { journey } = await follow(link);
    world.pass(HOUR - MINUTE);
    expect((await follow(link)).page.status).toBe(200);
    world.pass(MINUTE);
    const stale = await choose(journey);
    expect(stale.status).toBe(410);
    expect(stale.text).toContain('one hour');
    await linkRow('late').executeTakeFirstOrThrow();
    expect(await opens(world, 'late', OLD_PASSWORD)).toBe(true);
  });

  it('D12: dies with a change of the password, and with the account', async () => {
    const link = await linkFor(world, 'changed');
    const owner = world.browse();
    await enter(world, owner, 'changed');
    await owner.open(`${world.issuer}/account/password`);
    const fields = {
      current_password: OLD_PASSWORD,
      new_password: NEW_PASSWORD,
      repeat_password: NEW_PASSWORD,
    };
    await owner.submit(asks('current_password'), fields);
    expect((await follow(link)).page.status).toBe(410);

    const other = await linkFor(world, 'off');
    await world.db
      .updateTable('account')
      .set({ status: 'disabled' })
      .where('login_name', '=', 'off')
      .execute();
    expect((await follow(other)).page.status).toBe(410);
  });

  it('D13: opens nothing without the mailed secret, whatever is posted', async () => {
    await ask(world, { account: 'typo', email: 'typo@example.test' });
    const wrong = ['', 'A'.repeat(43), ids.get('typo') ?? '', '..%2F', '%00', 'x'.repeat(5000)];
    for (const token of wrong) {
      const address = `${world.issuer}/password-reset?token=${token}`;
      expect((await world.browse().open(address)).status).toBe(410);
      for (const step of ['new-password', 'second-factor', 'done', 'nowhere']) {
        const answer = await fetch(`${world.issuer}/password-reset/${step}?token=${token}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { origin: world.issuer },
          body: new URLSearchParams({
            new_password: NEW_PASSWORD,
            repeat_password: NEW_PASSWORD,
            code: '000000',
            account: 'typo',
            token: 'x',
          }),
        });
        expect([303, 404, 405]).toContain(answer.status);
        expect(answer.headers.get('location') ?? '').not.toContain('done');
      }
    }
    expect(await opens(world, 'typo', OLD_PASSWORD)).toBe(true);
  });

  describe('D14: where a second factor is set', () => {
    let secret: string;
    beforeAll(async () => {
      secret = await world.addTotp(ids.get('second') ?? '');
    });
    const code = (): string => generateSync({ secret, epoch: Math.floor(world.clock().getTime() / 1000) });
    const post = (url: string, fields: Record<string, string>, cookie = '') =>
      fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: world.issuer, cookie },
        body: new URLSearchParams(fields),
      });

    it('asks for it before the new password, in this browser, and cannot be walked around', async () => {
      const link = await linkFor(world, 'second');
      const at = (step: string): string => link.replace('/password-reset?', `/password-reset/${step}?`);
      const fields = { new_password: NEW_PASSWORD, repeat_password: NEW_PASSWORD };
      const { journey, page } = await follow(link);
      expect(page.forms.some(asks('code'))).toBe(true);
      expect(page.forms.some(asks('new_password'))).toBe(false);
      const early = await post(at('new-password'), fields);
      expect(new URL(early.headers.get('location') ?? '', world.issuer).href).toBe(link);

      expect((await journey.submit(asks('code'), { code: '000000' })).status).toBe(422);
      const proven = await journey.submit(asks('code'), { code: code() });
      expect(proven.forms.some(asks('new_password'))).toBe(true);

      // whoever else holds the link has not proven anything
      expect((await follow(link)).page.forms.some(asks('code'))).toBe(true);
      const foreign = await post(at('new-password'), fields, `idp_reset=${'A'.repeat(32)}`);
      expect(new URL(foreign.headers.get('location') ?? '', world.issuer).href).toBe(link);
      expect(await opens(world, 'second', OLD_PASSWORD)).toBe(true);

      world.pass(11 * MINUTE);
      expect((await journey.open(link)).forms.some(asks('code'))).toBe(true);
      await journey.submit(asks('code'), { code: code() });
      expect((await choose(journey)).url.pathname).toBe('/password-reset/done');
    });

    it('takes a recovery code instead, once', async () => {
      const { db } = world;
      const [recoveryCode = ''] = await db
        .transaction()
        .execute((trx) => issueRecoveryCodes(trx, world.keyring, ids.get('second') ?? '', world.clock()));
      const { journey } = await follow(await linkFor(world, 'second'));
      const proven = await journey.submit(asks('recovery_code'), { recovery_code: recoveryCode });
      expect(proven.forms.some(asks('new_password'))).toBe(true);
      const { journey: elsewhere } = await follow(await newestLink(world, 'second'));
      const refused = await elsewhere.submit(asks('recovery_code'), { recovery_code: recoveryCode });
      expect(refused.status).toBe(422);
    });

    it('asks for the passkey of one who has nothing else, and for that person’s alone', async () => {
      const accountId = ids.get('other') ?? '';
      const passkey = { accountId, publicKey: Buffer.alloc(8), counter: 0, transports: [], name: '' };
      await world.db
        .transaction()
        .execute((trx) => insertPasskey(trx, { ...passkey, id: 'synthetic', addedAt: world.clock() }));
      const link = await linkFor(world, 'other');
      const at = (step: string): string => link.replace('/password-reset?', `/password-reset/${step}?`);
      const { page } = await follow(link);
      expect(page.html).toContain('data-passkey="get"');
      expect(page.forms.some(asks('code')) || page.forms.some(asks('new_password'))).toBe(false);
      const challenge = (await (await post(at('passkey-challenge'), {})).json()) as Record<string, unknown>;
      expect(challenge).toMatchObject({ userVerification: 'required' });
      for (const response of [
        '',
        '{}',
        JSON.stringify({ id: 'synthetic', rawId: 'x', type: 'public-key' }),
      ]) {
        expect((await post(at('passkey'), { response })).status).toBe(422);
      }
      await post(at('new-password'), { new_password: NEW_PASSWORD, repeat_password: NEW_PASSWORD });
      expect(await opens(world, 'other', OLD_PASSWORD)).toBe(true);
    });

    it('counts wrong codes by account, so that a new link gains no tries', async () => {
      world.pass(HOUR);
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const { journey } = await follow(
          await (attempt < 2 ? linkFor(world, 'second') : newestLink(world, 'second')),
        );
        await journey.submit(asks('code'), { code: '000000' });
      }
      const { journey } = await follow(await newestLink(world, 'second'));
      world.pass(MINUTE);
      expect((await journey.submit(asks('code'), { code: code() })).status).toBe(422);
    });
  });
});
