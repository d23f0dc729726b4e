import { credentialsOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, createJourney } from '../support/journey.ts';
import { asks, enter } from './recovery-steps.ts';
import { type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';

const CROWD = 100;

describe('SM-10: a crowd of wrong passwords', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
  });
  afterAll(() => world.stop());

  /** A browser at the sign-in page, by way of one replica or the other. */
  const atTheDoor = async (index: number): Promise<Journey> => {
    const via = { [world.issuer]: world.replicaUrls[index % 2] ?? world.issuer };
    const browser = createJourney({ via });
    await browser.open(`${world.issuer}/sign-in`);
    return browser;
  };

  it.each([
    ['a known account', 'demo.nurse', 'wrong_password'],
    ['a name nobody has', 'nobody.here', 'unknown_account'],
  ])(
    'of 100 at once over two replicas, three reach the hash comparison: %s',
    async (_what, loginName, reason) => {
      const browsers: Journey[] = []; // who comes to the door is no crowd yet
      for (let from = 0; from < CROWD; from += 10) {
        const some = Array.from({ length: 10 }, (_none, index) => atTheDoor(from + index));
        browsers.push(...(await Promise.all(some)));
      }
      const since = await lastEvent();
      const answers = await Promise.all(
        browsers.map((browser) =>
          browser.submit(asks('captcha'), { ...credentialsOf(loginName), password: 'Wrong*2026Word' }),
        ),
      );
      expect(new Set(answers.map(({ status, forms }) => `${status} ${forms.some(asks('captcha'))}`))).toEqual(
        new Set(['200 true']),
      );
      const events = world.database.db
        .selectFrom('audit_event')
        .select('reason')
        .where('type', '=', 'sign_in.refused')
        .where('id', '>', since);
      const reasons = (await events.execute()).map((event) => event.reason);
      expect(reasons.filter((each) => each === reason)).toHaveLength(3);
      expect(reasons.filter((each) => each === 'locked')).toHaveLength(CROWD - 3);
      const locked = await atTheDoor(1);
      const right = await locked.submit(asks('captcha'), credentialsOf(loginName));
      expect(right.forms.some(asks('captcha'))).toBe(true); // even the right one, until the lock is over
    },
  );

  const lastEvent = async (): Promise<number> => {
    const newest = world.database.db.selectFrom('audit_event').select('id').orderBy('id', 'desc');
    return (await newest.executeTakeFirst())?.id ?? 0;
  };
});

describe('SM-10: the work of one wrong password', () => {
  let world: RecoveryWorld;
  beforeAll(async () => {
    world = await openRecoveryWorld();
    await world.addPerson({ loginName: 'known' });
    await world.addPerson({ loginName: 'gone', status: 'disabled' });
  });
  afterAll(() => world.close());

  it('is as many round trips for an account, a disabled one and a name nobody has, at the lock too', async () => {
    const counts: Record<string, number[]> = {};
    for (const name of ['warm', 'known', 'other', 'gone']) {
      counts[name] = [];
      for (let tries = 0; tries < 4; tries += 1) {
        const journey = world.browse();
        await journey.open(`${world.issuer}/sign-in`);
        const before = world.replica.database.roundTrips;
        await journey.submit(asks('captcha'), {
          account: name,
          password: 'Wrong*2026Word',
          captcha: '24680',
        });
        counts[name].push(world.replica.database.roundTrips - before);
      }
    }
    expect(counts['known']).toEqual(counts['other']);
    expect(counts['gone']).toEqual(counts['other']);
    expect(Math.min(...(counts['other'] ?? []))).toBeGreaterThan(3);
    expect((await enter(world, world.browse(), 'known')).forms.some(asks('captcha'))).toBe(true);
  });
});
