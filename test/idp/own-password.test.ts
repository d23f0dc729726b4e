import { DAY } from '#kit/clock.ts';
import { type Journey } from '../support/journey.ts';
import { asks, enter, opens } from './recovery-steps.ts';
import { NEW_PASSWORD, OLD_PASSWORD, type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';

describe('P-26: changing one’s own password', () => {
  let world: RecoveryWorld;
  beforeAll(async () => {
    world = await openRecoveryWorld();
    for (const loginName of ['whole', 'wrong', 'rules', 'history', 'sso'])
      await world.addPerson({ loginName });
    await world.addPerson({ loginName: 'young' }, 0);
  });
  afterAll(() => world.close());
  beforeEach(() => world.db.deleteFrom('attempt_throttle').execute());

  const signedIn = async (loginName: string, password?: string): Promise<Journey> => {
    const journey = world.browse();
    await enter(world, journey, loginName, password);
    await journey.open(`${world.issuer}/account/password`);
    return journey;
  };
  const change = (journey: Journey, current: string, next: string, repeat = next) =>
    journey.submit(asks('current_password'), {
      current_password: current,
      new_password: next,
      repeat_password: repeat,
    });
  const credential = (loginName: string) =>
    world.db
      .updateTable('password_credential')
      .where('account_id', '=', (of) =>
        of.selectFrom('account').select('account.id').where('login_name', '=', loginName),
      );
  /** As if it had been chosen the day before yesterday. */
  const age = (loginName: string) =>
    credential(loginName)
      .set({ changed_at: new Date(world.clock().getTime() - 2 * DAY) })
      .execute();
  const sessionCookie = (journey: Journey): string | undefined =>
    /idp_session=([^;]+)/.exec(journey.jar.header(new URL(world.issuer)))?.[1];

  it('needs a session, and comes back after signing in', async () => {
    const journey = world.browse();
    const page = await journey.open(`${world.issuer}/account/password`);
    expect(page.url.pathname).toMatch(/^\/interaction\//);
    const back = await journey.submit(asks('captcha'), {
      account: 'whole',
      password: OLD_PASSWORD,
      captcha: '24680',
    });
    expect(back.url.pathname).toBe('/account/password');
  });

  it('changes it, keeps this browser under a new id, ends the others, tells the owner (N07)', async () => {
    const [journey, elsewhere] = [await signedIn('whole'), await signedIn('whole')];
    const before = sessionCookie(journey);
    const page = await change(journey, OLD_PASSWORD, NEW_PASSWORD);
    expect(page.url.search).toBe('?done=changed');
    expect(page.text).toContain('Your password was changed');
    expect(sessionCookie(journey)).not.toBe(before);

    expect((await journey.open(`${world.issuer}/account/password`)).url.pathname).toBe('/account/password');
    expect((await elsewhere.open(`${world.issuer}/account/password`)).url.pathname).toMatch(
      /^\/interaction\//,
    );
    const stolen = await fetch(`${world.issuer}/account/password`, {
      redirect: 'manual',
      headers: { cookie: `idp_session=${before}` },
    });
    expect(stolen.status).toBe(303);
    expect(await opens(world, 'whole', OLD_PASSWORD)).toBe(false);
    expect(await opens(world, 'whole', NEW_PASSWORD)).toBe(true);
    expect(await world.mailsTo('whole@example.test', 'N07')).toHaveLength(1);
  });

  it('goes on as a session of single sign-on under the new id', async () => {
    const journey = await signedIn('sso');
    await change(journey, OLD_PASSWORD, NEW_PASSWORD);
    // a sign-in of the portal goes through the protocol, which asks nothing of somebody signed in
    const url = new URL('/oidc/auth', world.issuer);
    for (const [name, value] of Object.entries({
      client_id: 'portal',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${world.issuer}/signed-in`,
      prompt: 'none',
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
    })) {
      url.searchParams.set(name, value);
    }
    journey.stopBefore((next) => next.pathname === '/signed-in');
    const page = await journey.open(url.href);
    expect(page.url.searchParams.get('error')).toBeNull();
    expect(page.url.searchParams.get('code')).toMatch(/^.{20,}$/);
  });

  it('SM-10: counts a wrong present password like a sign-in, and tells of the lock (N08)', async () => {
    const journey = await signedIn('wrong');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const page = await change(journey, 'Wrong*2026Word', NEW_PASSWORD);
      expect(page.status).toBe(422);
      expect(page.html).not.toContain('Wrong*2026Word');
    }
    expect((await change(journey, OLD_PASSWORD, NEW_PASSWORD)).status).toBe(422);
    expect(await opens(world, 'wrong', OLD_PASSWORD)).toBe(false);
    expect(await world.mailsTo('wrong@example.test', 'N08')).toHaveLength(1);
    await world.db.updateTable('attempt_throttle').set({ locked_until: world.clock() }).execute();
    expect((await change(await signedIn('wrong'), OLD_PASSWORD, NEW_PASSWORD)).status).toBe(200);
  });

  it('SM-13: refuses what the rules refuse, and says which field', async () => {
    const journey = await signedIn('rules');
    for (const [current, next, repeat, field] of [
      ['', NEW_PASSWORD, NEW_PASSWORD, 'current_password'],
      [OLD_PASSWORD, '', '', 'new_password'],
      [OLD_PASSWORD, NEW_PASSWORD, 'Other~Mountain2026', 'repeat_password'],
      [OLD_PASSWORD, '*1Admin1234', '*1Admin1234', 'new_password'],
      [OLD_PASSWORD, OLD_PASSWORD, OLD_PASSWORD, 'new_password'],
    ] as const) {
      const page = await change(journey, current, next, repeat);
      expect(page.status).toBe(422);
      expect(page.html).toContain(`href="#${field}"`);
    }
  });

  it('SM-13: takes none of the last three passwords', async () => {
    const journey = await signedIn('history');
    let current = OLD_PASSWORD;
    for (const next of ['Second~Mountain26', 'Third~Mountain26']) {
      expect((await change(journey, current, next)).status).toBe(200);
      current = next;
      await age('history');
    }
    expect((await change(journey, current, OLD_PASSWORD)).text).toContain('recently');
    expect((await change(journey, current, 'Fourth~Mountain26')).status).toBe(200);
    await age('history');
    expect((await change(journey, 'Fourth~Mountain26', OLD_PASSWORD)).status).toBe(200);
  });

  it('SM-13: a password of today is not changed again, unless it must be', async () => {
    const journey = await signedIn('young');
    expect((await change(journey, OLD_PASSWORD, NEW_PASSWORD)).text).toContain('less than a day');
    await credential('young').set({ must_change: true }).execute();
    expect((await change(journey, OLD_PASSWORD, NEW_PASSWORD)).url.search).toBe('?done=changed');
  });
});
