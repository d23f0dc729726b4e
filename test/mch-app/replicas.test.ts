import { type Replica, freePort, runProgram, startReplica } from '../support/replica.ts';
import { CLIENT } from './support/fake-op.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import type { Visitor } from './support/visitor.ts';

/* Two more replicas, each a process of its own, over the database of the one in this process. */

let mch: Mch;
const replicas: { process: Replica; origin: string }[] = [];
beforeAll(async () => {
  mch = await startMch();
  for (const port of [await freePort(), await freePort()]) {
    const environment = { ...mch.environment, MCH_PORT: String(port), LOG_LEVEL: 'warn' };
    const process = await startReplica(['mch-app/main.ts'], environment);
    replicas.push({ process, origin: `http://127.0.0.1:${port}` });
  }
});
afterAll(async () => {
  await Promise.all(replicas.map(({ process }) => process.stop()));
  await mch.stop();
});

/** The visitor's browser, sent by a load balancer to another replica. */
const at = (visitor: Visitor, replica: number) => (path: string, form?: Record<string, string>) =>
  visitor.ask(new URL(path, replicas[replica]?.origin).href, form ? { form } : {});

it('serve one session', async () => {
  const visitor = await mch.nurse();
  expect((await at(visitor, 0)('/')).text).toContain('示範醫院');
  expect((await at(visitor, 1)('/')).text).toContain('示範醫院');
});

it('finish a sign-in that another began', async () => {
  const visitor = mch.visitor();
  const callback = new URL(await visitor.goUntil('/callback', '/sign-in'));
  const answer = await at(visitor, 0)(callback.pathname + callback.search);
  expect(answer.status).toBe(303);
  expect((await visitor.ask('/')).status).toBe(200);
});

it('give one winner when a callback comes to both at once', async () => {
  const visitor = mch.visitor();
  const callback = new URL(await visitor.goUntil('/callback', '/sign-in'));
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => at(visitor, index % 2)(callback.pathname + callback.search)),
  );
  const statuses = answers.map(({ status }) => status);
  expect([
    statuses.filter((status) => status === 303).length,
    statuses.filter((status) => status === 410).length,
  ]).toEqual([1, 9]);
});

it('end a session everywhere within a second of its logout token', async () => {
  const visitor = await mch.nurse();
  const now = Math.floor(Date.now() / 1000);
  const token = await mch.op.sign(
    {
      iss: mch.op.issuer,
      aud: CLIENT.id,
      iat: now,
      exp: now + 120,
      jti: 'one',
      sid: mch.op.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
    { typ: 'logout+jwt' },
  );
  const before = Date.now();
  const post = (replica: number) =>
    fetch(`${replicas[replica]?.origin}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    });
  expect((await post(0)).status).toBe(200);
  // over: all the other replica still does is ask the single entry, silently, whether to go on
  const asked = (await at(visitor, 1)('/')).headers.get('location') ?? '';
  expect(asked).toContain('/auth?request_uri=');
  expect(Date.now() - before).toBeLessThan(1000);
  expect((await post(1)).status).toBe(400); // a replay, noticed by the other replica as well
});

it('refresh a session once, whichever replicas are asked', async () => {
  const visitor = await mch.nurse();
  await mch.database.db
    .updateTable('rp_session')
    .set({ refreshed_at: new Date(Date.now() - 5 * 60_000) })
    .execute();
  mch.op.asked.length = 0;
  await Promise.all(Array.from({ length: 12 }, (_, index) => at(visitor, index % 2)('/')));
  const refreshes = mch.op.asked.filter(({ form }) => form.get('grant_type') === 'refresh_token');
  expect(refreshes).toHaveLength(1);
});

it('switch on one, and a tab of another is refused', async () => {
  const visitor = await mch.nurse();
  const form = { account: STATION.id, return_to: '/', acting: HOSPITAL.id };
  expect((await at(visitor, 0)('/account-switch', form)).status).toBe(303);
  expect((await at(visitor, 1)('/account-switch', { ...form, account: HOSPITAL.id })).status).toBe(409);
});

it('keep sessions over a kill and a restart', async () => {
  const visitor = await mch.nurse();
  const port = await freePort();
  const environment = { ...mch.environment, MCH_PORT: String(port), LOG_LEVEL: 'warn' };
  const first = await startReplica(['mch-app/main.ts'], environment);
  await first.kill();
  const second = await startReplica(['mch-app/main.ts'], environment);
  expect((await visitor.ask(`http://127.0.0.1:${port}/`)).status).toBe(200);
  expect(await second.stop()).toBe(0);
});

describe('a start that cannot work', () => {
  it('names every wrong setting in one sentence, never a value', async () => {
    const { code, output } = await runProgram(['mch-app/main.ts'], {
      MCH_ORIGIN: 'http://mch.example',
      MCH_CLIENT_SECRET: 'short-one',
      MCH_PORT: '99999999',
    });
    expect(code).toBe(1);
    const names = ['MCH_DATABASE_URL', 'MCH_ORIGIN', 'MCH_CLIENT_SECRET', 'MCH_MASTER_KEYS', 'MCH_PORT'];
    for (const name of names) {
      expect(output).toContain(name);
    }
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).not.toContain('short-one');
  });

  it.each([
    ['plain http outside loopback', { MCH_ORIGIN: 'http://mch.example' }, 'MCH_ORIGIN: must be https'],
    ['a warning longer than the limit', { MCH_IDLE_SECONDS: '60' }, 'MCH_IDLE_WARNING_SECONDS'],
    ['a master key that is none', { MCH_MASTER_KEYS: 'x'.repeat(44) }, 'master key'],
    ['a database that is not there', { MCH_DATABASE_URL: 'postgres://127.0.0.1:1/x' }, 'database'],
  ])('says so: %s', async (_what, wrong, sentence) => {
    const { code, output } = await runProgram(['mch-app/main.ts'], { ...mch.environment, ...wrong });
    expect([code, output]).toEqual([1, expect.stringContaining(sentence)]);
  });

  it('says so when the port is taken', async () => {
    const port = new URL(mch.origin).port;
    const { code, output } = await runProgram(['mch-app/main.ts'], { ...mch.environment, MCH_PORT: port });
    expect([code, output]).toEqual([1, expect.stringContaining(`Port ${port} is in use`)]);
  });
});
