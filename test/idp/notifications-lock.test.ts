import { MINUTE, after } from '#kit/clock.ts';
import { openContent } from '#idp/notifications/service.ts';
import { Visitor } from './sign-in-browser.ts';
import { keyring } from './sign-in-people.ts';
import { type World, openWorld } from './sign-in-world.ts';

describe('SM-10, N08: the notice of a lock', () => {
  let world: World;
  let serial = 0;
  beforeAll(async () => {
    world = await openWorld();
    for (const loginName of ['owner', 'again', 'many']) await world.addPerson({ loginName });
    await world.addPerson({ loginName: 'gone', status: 'disabled' });
  });
  afterAll(() => world.close());

  const fail = async (account: string): Promise<number> => {
    serial += 1;
    world.begin(`lock-${serial}`);
    const visitor = new Visitor(world, `lock-${serial}`);
    await visitor.get();
    const before = world.database.pools[0].roundTrips;
    await visitor.post('/password', { account, password: 'Wrong*2026Password', captcha: '24680' });
    return world.database.pools[0].roundTrips - before;
  };
  const notices = async () => {
    const rows = await world.database.db
      .selectFrom('mail_message')
      .selectAll()
      .where('kind', '=', 'N08')
      .execute();
    return rows.map((row) => openContent(keyring, row.content_sealed ?? Buffer.alloc(0), row.dedupe_key));
  };
  afterEach(() => world.database.db.deleteFrom('mail_message').execute());

  it('goes to the owner with the third wrong password, and not before or after', async () => {
    await fail('owner');
    await fail('owner');
    expect(await notices()).toEqual([]);
    await fail('owner');
    await fail('owner');
    expect(await notices()).toEqual([
      {
        address: 'owner@example.test',
        name: '測試 owner',
        params: {
          loginName: 'owner',
          lockedUntil: after(world.now, 30 * MINUTE).toISOString(),
          url: 'https://portal.example.test/forgot-password',
        },
      },
    ]);
  });

  it('goes out once for each lock', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) await fail('again');
    world.now = after(world.now, 31 * MINUTE);
    for (let attempt = 0; attempt < 3; attempt += 1) await fail('again');
    expect(await notices()).toHaveLength(2);
  });

  it('is one of however many tries at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => fail('many')));
    expect(await notices()).toHaveLength(1);
  });

  it('costs an unknown or disabled name as many statements, and writes nobody', async () => {
    const known: number[] = [];
    await world.addPerson({ loginName: 'counted' });
    for (let attempt = 0; attempt < 4; attempt += 1) known.push(await fail('counted'));
    for (const other of ['nobody-at-all', 'gone']) {
      const counts: number[] = [];
      for (let attempt = 0; attempt < 4; attempt += 1) counts.push(await fail(other));
      expect(counts).toEqual(known);
    }
    expect(await notices()).toHaveLength(1);
  });
});
