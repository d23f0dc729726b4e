import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchProgram, startReplica } from './support/replica.ts';
import { eventually } from './support/eventually.ts';

const PROGRAM = 'test/support/served-program.ts';

interface Heard {
  status: number;
  connection: string | undefined;
  body: string;
}

/** One request over `agent`'s connections; rejects when the connection breaks. */
function ask(port: number, path: string, agent: Agent): Promise<Heard> {
  return new Promise((resolve, reject) => {
    get({ port, path, agent, host: '127.0.0.1' }, (res) => {
      let body = '';
      res.on('data', (chunk: Buffer) => (body += chunk.toString()));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, connection: res.headers.connection, body }));
    }).on('error', reject);
  });
}

const keepAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 4 });

async function start(env: Record<string, string> = {}) {
  const replica = await startReplica([PROGRAM], { PORT: '0', ...env });
  return { replica, port: Number(replica.message['port']) };
}

describe('R2: SIGTERM', () => {
  it('readiness off at once, served on through the drain, every connection told that it ends, exit 0', async () => {
    const { replica, port } = await start({ DRAIN_MS: '1200' });
    const [agent, sleeper] = [keepAlive(), keepAlive()];
    expect(await ask(port, '/', agent)).toMatchObject({ status: 200, connection: 'keep-alive' });
    expect((await ask(port, '/readyz', agent)).status).toBe(200);
    await ask(port, '/', sleeper); // a connection that stays idle
    const slow = ask(port, '/slow?ms=2500', keepAlive());
    await sleep(50);
    const begun = performance.now();
    const ended = replica.stop();
    await eventually(async () => expect((await ask(port, '/readyz', keepAlive())).status).toBe(503), 300);
    // a request that arrives meanwhile, on an old connection and on a new one
    expect(await ask(port, '/', agent)).toMatchObject({ status: 200, connection: 'close' });
    expect(await ask(port, '/', keepAlive())).toMatchObject({ status: 200, connection: 'close' });
    expect(await slow).toMatchObject({ status: 200, body: 'slow', connection: 'close' });
    expect(await ended).toBe(0);
    const tookMs = Math.round(performance.now() - begun);
    process.stdout.write(`stop with a drain of 1200 ms and a request of 2450 ms: ${tookMs} ms\n`);
    expect(tookMs).toBeLessThan(5000);
  });

  it('a second signal hurries; two within a second are one wish', async () => {
    const { replica, port } = await start({ DRAIN_MS: '60000' });
    const slow = ask(port, '/slow?ms=60000', keepAlive()).catch(() => 'cut off');
    await sleep(50);
    const ended = replica.stop();
    process.kill(replica.pid, 'SIGTERM');
    await sleep(1200);
    expect((await ask(port, '/', keepAlive())).status).toBe(200); // still draining
    const begun = performance.now();
    process.kill(replica.pid, 'SIGTERM');
    expect(await ended).toBe(0);
    expect(await slow).toBe('cut off');
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});

describe('R31: errors nobody caught', () => {
  it('a rejection in a request’s path: that request is answered 500, it is logged once with its stack, all goes on', async () => {
    const { replica, port } = await start();
    expect(await ask(port, '/reject', keepAlive())).toMatchObject({
      status: 500,
      body: '{"error":"server_error"}',
    });
    expect((await ask(port, '/', keepAlive())).status).toBe(200);
    expect((await ask(port, '/readyz', keepAlive())).status).toBe(200);
    expect(await replica.stop()).toBe(0);
    const told = replica
      .output()
      .split('\n')
      .filter((line) => line.includes('nobody looks here'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('a rejection nobody caught');
    expect(told[0]).toContain('served-program.ts:');
  });

  it('an exception in a timer: its request is answered, those under way finish, exit 70', async () => {
    const { child, exited, output } = launchProgram([PROGRAM], { PORT: '0' });
    const port = await new Promise<number>((resolve) =>
      child.once('message', (said) => resolve((said as { port: number }).port)),
    );
    const slow = ask(port, '/slow?ms=600', keepAlive());
    await sleep(50);
    expect((await ask(port, '/throw-in-a-timer', keepAlive())).status).toBe(500);
    expect(await slow).toMatchObject({ status: 200, body: 'slow' });
    expect(await exited).toBe(70);
    const told = output()
      .split('\n')
      .filter((line) => line.includes('a timer threw'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('an exception nobody caught');
  });
});

it('R28: after 2 seconds in which nothing else ran it says so in the log and by its readiness, then recovers', async () => {
  const { replica, port } = await start();
  await ask(port, '/block?ms=2000', keepAlive());
  expect((await ask(port, '/readyz', keepAlive())).status).toBe(503);
  await eventually(async () => expect((await ask(port, '/readyz', keepAlive())).status).toBe(200), 5000);
  expect(await replica.stop()).toBe(0);
  expect(replica.output()).toMatch(/"ms":(19|2\d)\d\d,"msg":"the event loop stood still"/);
});
