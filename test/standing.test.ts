import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { type Standing, openStanding } from '#db/standing.ts';
import { cloneDatabase } from './support/databases.ts';
import { eventually } from './support/eventually.ts';
import { type TcpProxy, startTcpProxy } from './support/tcp-proxy.ts';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let proxy: TcpProxy;
let database: Database<IdpTables>;
let admin: pg.Client;
let standing: Standing;
const heard: number[] = [];
const lost: string[] = [];

beforeAll(async () => {
  clone = await cloneDatabase('idp');
  proxy = await startTcpProxy(clone.url);
  admin = new pg.Client({ connectionString: clone.url });
  await admin.connect();
  const options = { connections: 2, applicationName: 'standing', onConnectionLost: () => {} };
  database = openDatabase<IdpTables>({ url: proxy.url, ...options });
  standing = await openStanding({
    connect: () => database.connect(),
    channels: ['client_changed'],
    onMessage: () => heard.push(performance.now()),
    onLost: (why) => lost.push(why),
    heartbeatMs: 300,
  });
});
afterAll(async () => {
  await standing.close();
  await database.close();
  await admin.end();
  await proxy.close();
  await clone.drop();
});

/** How long until a message, sent at once, is heard. */
async function tell(withinMs: number): Promise<number> {
  heard.length = 0;
  const sent = performance.now();
  await admin.query('notify client_changed');
  await eventually(() => expect(heard.length).toBeGreaterThan(0), withinMs);
  return Math.round((heard[0] ?? 0) - sent);
}

describe('R35: the connection that hears of changes', () => {
  it('hears at once; killed ten times in a row it is replaced, and each message is heard within a second', async () => {
    expect(await tell(1000)).toBeLessThan(200);
    const times: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'standing'",
      );
      times.push(await tell(1000));
    }
    process.stdout.write(`killed 10 times: heard after ${Math.max(...times)} ms at most\n`);
    expect(lost).toHaveLength(10);
    expect(standing.losses).toBe(10);
  });

  it('gone silent without an error it is noticed by its heartbeat and replaced', async () => {
    const silent = performance.now();
    expect(proxy.silenceListeners()).toBe(1);
    await eventually(() => expect(standing.losses).toBe(11), 3000);
    await eventually(() => expect(standing.isUp).toBe(true), 3000);
    process.stdout.write(
      `silent connection replaced after ${Math.round(performance.now() - silent)} ms (heartbeat 300 ms)\n`,
    );
    expect(lost.at(-1)).toBe('it did not answer');
    expect(await tell(1000)).toBeLessThan(200);
  });

  it('while the whole database is silent it keeps trying, and hears again when it is back', async () => {
    proxy.silence();
    await eventually(() => expect(standing.isUp).toBe(false), 3000);
    await expect(standing.query('select 1')).rejects.toThrow('being replaced');
    await sleep(1000);
    proxy.wake();
    await eventually(() => expect(standing.isUp).toBe(true), 6000);
    expect(await tell(1000)).toBeLessThan(200);
  });
});
