import { countDeaths, decideRestart } from '#kit/processes/policy.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './support/eventually.ts';
import { type Load, startLoad } from './support/load.ts';
import { type Replica, freePort, launchProgram, startReplica } from './support/replica.ts';

const ARGS = ['test/support/served-program.ts', 'primary'];

async function startWorkers(env: Record<string, string> = {}) {
  const port = await freePort();
  const primary = await startReplica(ARGS, { PORT: String(port), ...env });
  return { primary, port, url: `http://127.0.0.1:${port}` };
}

/** The process that answers; a connection of its own each time, so that each worker has its turn. */
const pidAt = async (url: string): Promise<number> =>
  Number(await (await fetch(url, { headers: { connection: 'close' } })).text());

async function pidsAt(url: string, count: number): Promise<Set<number>> {
  const pids = new Set<number>();
  for (let tries = 0; tries < count * 6; tries += 1) pids.add(await pidAt(url));
  return pids;
}

const said = (replica: Replica, text: string): number => replica.output().split(text).length - 1;

describe('workers behind one port', () => {
  it('R2: replaced one by one on SIGHUP under load, 0 failed requests; all end on SIGTERM, exit 0', async () => {
    const { primary, port, url } = await startWorkers();
    const before = await pidsAt(url, 2);
    expect(before.size).toBe(2);
    const load: Load = startLoad({ port, path: '/slow?ms=3', connections: 8 });
    for (let round = 1; round <= 2; round += 1) {
      process.kill(primary.pid, 'SIGHUP');
      await eventually(() => expect(said(primary, 'every worker was replaced')).toBe(round), 15_000);
    }
    const { answered, failures, perSecond } = await load.stop();
    process.stdout.write(`2 rolling restarts of 2 workers: ${answered} requests, ${perSecond}/s, 0 failed\n`);
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(500);
    const after = await pidsAt(url, 2);
    expect([...after].filter((pid) => before.has(pid))).toEqual([]);
    expect(await primary.stop()).toBe(0);
    for (const pid of after) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('R1, R29, R31: one that is killed, runs out of memory or throws is replaced; the port stays open', async () => {
    const { primary, url } = await startWorkers({ HEAP_MB: '48' });
    const cases: [string, () => Promise<unknown>][] = [
      ['kill -9', async () => process.kill(await pidAt(url), 'SIGKILL')],
      ['out of memory', () => fetch(`${url}/leak`).catch(() => undefined)],
      ['uncaught', () => fetch(`${url}/throw-in-a-timer`).catch(() => undefined)],
    ];
    let ended = 0;
    for (const [what, end] of cases) {
      const begun = performance.now();
      await end();
      ended += 1;
      await eventually(() => expect(said(primary, 'a worker ended and is replaced')).toBe(ended), 20_000);
      expect((await fetch(url)).status).toBe(200);
      await eventually(async () => expect((await pidsAt(url, 2)).size).toBe(2), 8000);
      process.stdout.write(`${what}: two workers again after ${Math.round(performance.now() - begun)} ms\n`);
    }
    expect(await primary.stop()).toBe(0);
    expect(primary.output()).toContain('"signal":"SIGABRT"');
    expect(primary.output()).toContain('"exitCode":70');
  });

  it('R28: one that hangs is killed and replaced, and meanwhile takes at most one new connection', async () => {
    const { primary, url } = await startWorkers({ HANG_MS: '2000' });
    const hung = fetch(`${url}/block?ms=60000`).catch(() => 'killed');
    await sleep(100);
    const asked = await Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) }).then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(asked.filter((ok) => !ok).length).toBeLessThanOrEqual(1);
    expect(await hung).toBe('killed');
    await eventually(() => expect(said(primary, 'a worker hangs and is killed')).toBe(1));
    await eventually(async () => expect((await pidsAt(url, 2)).size).toBe(2), 8000);
    expect(await primary.stop()).toBe(0);
  });

  it('a crash loop is bounded: told in one line, exit code 1; a setting that cannot work at once', async () => {
    const loop = launchProgram(ARGS, { PORT: '0', BROKEN: 'at once', COUNT: '1', HEAP_MB: '64' });
    const setting = launchProgram(ARGS, { PORT: '0', BROKEN: 'by a setting' });
    expect(await setting.exited).toBe(1);
    expect(setting.output().trim()).toBe('A setting that cannot work.');
    loop.child.kill('SIGTERM');
    expect(await loop.exited).toBe(0); // told to stop in the middle of it
  });
});

describe('when to start again', () => {
  it('twice as late each time, 15 s at most, given up after eight deaths when nobody serves', () => {
    const waits = [];
    let deaths = 0;
    for (let index = 0; index < 9; index += 1) {
      deaths = countDeaths(deaths, { readyForMs: undefined });
      waits.push(decideRestart(deaths, 0));
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 'give_up', 'give_up']);
    expect(decideRestart(50, 1)).toBe(15_000);
    expect(countDeaths(7, { readyForMs: 60_000 })).toBe(1);
    expect(countDeaths(7, { readyForMs: 5000 })).toBe(8);
  });
});
