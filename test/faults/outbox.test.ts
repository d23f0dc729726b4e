import { sql } from 'kysely';
import { Connection } from '../../bench/connection.ts';
import { loginNameOf } from '../../bench/people.ts';
import { eventually } from '../support/eventually.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { headersOf } from '../support/mail-sink.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const LAB_1 = 'P@00000001P@lab_01';

describe('mails and logouts, whatever becomes of who sends and who takes them', () => {
  let world: FaultWorld;
  let asked = 0;

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 1, people: 40 });
  });
  afterEach(() => {
    world.mail.refuse.clear();
    world.mail.watch = undefined;
    world.onLogout = undefined;
    world.mail.mails.length = 0;
  });
  afterAll(() => world.stop());

  /** Somebody new asks for a link. @returns milliseconds the form took */
  const ask = async (): Promise<number> => {
    const account = loginNameOf(asked);
    asked += 1;
    const browser = new Connection(world.issuer, { localAddress: `127.0.9.${asked}` });
    await browser.send('/forgot-password');
    const from = performance.now();
    const form = { account, email: `${account}@example.test`, captcha: FIXED_CAPTCHA };
    const answer = await browser.send('/forgot-password', { origin: world.issuer }, form);
    const took = performance.now() - from;
    browser.close();
    expect(answer.status).toBe(303);
    return took;
  };
  const median = (times: number[]): number =>
    times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  /** The next letter does not go over a connection that is open already. */
  const newConnections = async (): Promise<void> => {
    await world.mail.stop();
    await world.mail.start();
  };
  /** As if the time of the next try had come, and whoever held a letter were gone. */
  const comeDue = async (): Promise<void> => {
    await sql`update mail_message set next_attempt_at = now(), leased_until = null where sent_at is null`.execute(
      world.database.db,
    );
    await sql`update logout_delivery set next_attempt_at = now(), leased_until = null where delivered_at is null`.execute(
      world.database.db,
    );
    await sql`select pg_notify('mail_message', ''), pg_notify('logout_delivery', '')`.execute(
      world.database.db,
    );
  };
  const unsent = async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from mail_message where kind = 'N06' and sent_at is null`.execute(
      world.database.db,
    );
    return rows[0]?.count ?? -1;
  };
  /** Of the letters asked for here. */
  const messageIds = (): string[] =>
    world.mail.mails
      .filter(({ to }) => to.join().startsWith('bench.'))
      .map(({ raw }) => new Map(headersOf(raw)).get('message-id') ?? '');

  it('R17: a mail server that says nothing keeps no page waiting; each letter comes once it speaks', async () => {
    await ask(); // the first form of a process is slower
    await eventually(() => expect(messageIds()).toHaveLength(1), 10_000);
    await newConnections();
    world.mail.refuse.set('CONNECT', 'silence');
    const times = [await ask(), await ask(), await ask(), await ask(), await ask()];
    expect(median(times)).toBeLessThan(300);
    await eventually(async () => {
      expect(await unsent()).toBe(5);
    }, 10_000);
    world.mail.refuse.clear();
    await eventually(async () => {
      expect(await unsent()).toBe(0);
    }, 20_000);
    expect(new Set(messageIds()).size).toBe(6);
    expect(messageIds()).toHaveLength(6);
  });

  it('R17: a letter taken although the answer was lost is known by its id when it comes again', async () => {
    world.mail.refuse.set('TAKEN', 'hang up');
    await ask();
    await eventually(() => expect(messageIds()).toHaveLength(1), 10_000);
    world.mail.refuse.clear();
    await eventually(async () => {
      expect(await unsent()).toBe(0);
    }, 10_000);
    expect(messageIds()).toHaveLength(2);
    expect(new Set(messageIds()).size).toBe(1);
  });

  it('R20: killed at any step of sending, the letter comes, and is one letter', async () => {
    for (const step of ['MAIL', 'TAKEN', 'QUIET']) {
      world.mail.mails.length = 0;
      await newConnections();
      const killed = new Promise<void>((resolve) => {
        world.mail.watch = async (word) => {
          if (word !== step && !(step === 'QUIET' && word === 'TAKEN')) return;
          world.mail.watch = undefined;
          // QUIET: its answer is on the way when the end comes
          if (step === 'QUIET') setImmediate(() => void world.replicas[0]?.kill().then(resolve));
          else await world.replicas[0]?.kill().then(resolve);
        };
      });
      await ask();
      await killed;
      await world.restart(0);
      await comeDue();
      await eventually(() => expect([step, new Set(messageIds()).size]).toEqual([step, 1]), 20_000);
      await eventually(async () => {
        expect([step, await unsent()]).toEqual([step, 0]);
      });
    }
  });

  /** Whose sign-ins are over: a token sent again is a new one of the same logout. */
  const logouts = () =>
    new Set(world.logouts.map(({ claims }) => JSON.stringify([claims['sub'], claims['sid']])));

  it('R20: killed between a logout’s arrival and its mark, the same logout comes again', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    await rp.redeem(await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }));
    world.logouts.length = 0;
    const killed = new Promise<void>((resolve) => {
      world.onLogout = async () => {
        world.onLogout = undefined;
        await world.replicas[0]?.kill().then(resolve);
      };
    });
    await browser.open(`${world.issuer}/`);
    await browser.submit((form) => form.action.endsWith('/sign-out')).catch(() => undefined);
    await killed;
    await world.restart(0);
    await comeDue();
    await eventually(() => expect(world.logouts.length).toBeGreaterThan(1), 20_000);
    expect(logouts().size).toBe(1);
    await eventually(async () => {
      const left = sql<{
        count: number;
      }>`select count(*) as count from logout_delivery where delivered_at is null`;
      expect((await left.execute(world.database.db)).rows[0]?.count).toBe(0);
    });
  });

  it('R19: the whole outbox again, backwards and late: the same letters and logouts, known by their ids', async () => {
    await ask();
    await eventually(() => expect(messageIds()).toHaveLength(1), 10_000);
    await eventually(async () => {
      expect(await unsent()).toBe(0);
    });
    const before = new Set(messageIds());
    const logoutsBefore = logouts();
    for (let round = 0; round < 2; round += 1) {
      // the last comes first, everything ten minutes late
      await sql`update mail_message set sent_at = null, created_at = created_at - interval '10 minutes',
        next_attempt_at = now() - make_interval(secs => id::int)
        where id = (select max(id) from mail_message where kind = 'N06')`.execute(world.database.db);
      await sql`update logout_delivery set delivered_at = null, next_attempt_at = now() - make_interval(secs => id::int)`.execute(
        world.database.db,
      );
      await sql`select pg_notify('mail_message', ''), pg_notify('logout_delivery', '')`.execute(
        world.database.db,
      );
      await eventually(() => expect(messageIds()).toHaveLength(2 + round), 10_000);
      // taken is not yet noted as sent
      await eventually(async () => {
        expect(await unsent()).toBe(0);
      });
    }
    expect(new Set(messageIds())).toEqual(before);
    await eventually(() => expect(logouts()).toEqual(logoutsBefore));
  });
});
