import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { startLoad } from '../support/load.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { type Replica, startReplica } from '../support/replica.ts';
import { recordResult } from './report.ts';

const LAB_1 = 'P@00000001P@lab_01';

/** Resident memory of each worker, in MB; the hashing process is a child of its own. */
function memoryOf(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  return children.map((pid) => {
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kib) / 1024);
  });
}

describe('npm run serve', () => {
  let world: IdpWorld;
  let primary: Replica;
  let port: number;

  beforeAll(async () => {
    world = await startIdpWorld();
    port = Number(new URL(world.issuer).port);
    await world.replicas[0]?.stop();
    const env = { ...world.env, IDP_PORT: String(port), IDP_PROCESSES: '2' };
    primary = await startReplica(['idp/serve.ts'], env);
  });
  afterAll(async () => {
    await primary.kill();
    await world.stop();
  });

  it('R1, R2: a sign-in goes on through a rolling restart and a killed worker; no request of a restart fails', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    await rp.redeem(await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }));
    const load = startLoad({
      port,
      path: '/',
      connections: 4,
      pauseMs: 50,
      headers: { accept: 'text/html' },
    });
    process.kill(primary.pid, 'SIGHUP');
    await eventually(() => expect(primary.output()).toContain('every worker was replaced'), 100_000);
    const { answered, failures } = await load.stop();
    const memory = memoryOf(primary.pid);
    recordResult({
      row: 'R2',
      deed: 'npm run serve: two workers replaced on SIGHUP under load',
      figures: `${answered} requests, ${failures.length} failed; ${memory.join(' and ')} MB a worker`,
      passed: failures.length === 0,
    });
    expect(failures).toEqual([]);
    await rp.redeem(await rp.authorize(browser, { prompt: 'none' }));

    const [victim] = readFileSync(`/proc/${primary.pid}/task/${primary.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    process.kill(Number(victim), 'SIGKILL');
    await sleep(100);
    await rp.redeem(await rp.authorize(browser, { prompt: 'none' }));
    await eventually(() =>
      expect(primary.output().split('"who leads the jobs has changed"').length).toBeGreaterThan(1),
    );
  });

  it('ends on SIGTERM with exit code 0 and leaves no process behind', async () => {
    const pids = readFileSync(`/proc/${primary.pid}/task/${primary.pid}/children`, 'utf8').trim().split(' ');
    expect(await primary.stop()).toBe(0);
    for (const pid of pids) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });

  it('says in one line what setting cannot work', async () => {
    await expect(startReplica(['idp/serve.ts'], { ...world.env, IDP_PORT: '0' })).rejects.toThrow('IDP_PORT');
  });
});

describe('R33, R34: more than one process can do', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld({
      env: { IDP_REQUESTS_AT_ONCE: '10' },
    });
  });
  afterAll(() => world.stop());

  it('is told at once to come back, in the words of whoever asks, while health and keys are answered', async () => {
    const port = Number(new URL(world.issuer).port);
    const beside = startLoad({ port, path: '/oidc/jwks', connections: 2 });
    /** All at once, while a lock holds up whatever is worked on, however fast the machine is. */
    const flood = async (path: string, init: RequestInit, count: number) => {
      const held = world.database.db.transaction().execute(async (trx) => {
        await sql`lock table account, announcement in access exclusive mode`.execute(trx);
        await sleep(1500);
      });
      await sleep(200);
      const answers = await ask(path, init, count);
      await held;
      return answers;
    };
    const ask = async (path: string, init: RequestInit, count: number) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const answer = await fetch(world.issuer + path, { redirect: 'manual', ...init });
          return {
            status: answer.status,
            retryAfter: Number(answer.headers.get('retry-after')),
            text: await answer.text(),
          };
        }),
      );
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    const bearer = { authorization: `Bearer ${(await rp.redeem(at)).access_token}` };
    const token = await flood('/oidc/userinfo', { headers: bearer }, 120);
    const pages = await flood('/announcements?lang=en', { headers: { accept: 'text/html' } }, 120);
    const begin = await flood(
      '/announcements',
      { headers: { accept: 'text/html', 'accept-language': 'zh-TW' } },
      120,
    );
    const health = await ask('/healthz', {}, 20);
    const seen = await beside.stop();
    const shed = (all: Awaited<ReturnType<typeof flood>>) => all.filter(({ status }) => status === 503);
    for (const all of [token, pages, begin]) {
      expect(shed(all).length).toBeGreaterThan(0);
      expect(shed(all).length).toBeLessThan(all.length);
    }
    const refused = token.find(({ status }) => status === 503);
    expect(JSON.parse(refused?.text ?? '{}')).toMatchObject({ error: 'temporarily_unavailable' });
    const waits = new Set(shed(token).map(({ retryAfter }) => retryAfter));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    expect(waits.size).toBeGreaterThan(1); // spread
    expect(pages.find(({ status }) => status === 503)?.text).toContain('The system is busy');
    expect(begin.find(({ status }) => status === 503)?.text).toContain('lang="zh-');
    expect(new Set(health.map(({ status }) => status))).toEqual(new Set([200]));
    expect(seen.failures).toEqual([]);
    recordResult({
      row: 'R34',
      deed: '360 requests in bursts of 120 at a process that takes 10 at once',
      figures: `${shed([...token, ...pages, ...begin]).length} told to come back, JWKS beside them p99 ${seen.p99} ms, none failed`,
      passed: true,
    });
    expect((await fetch(world.issuer)).status).toBe(200);
  });
});
