import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { freePort } from '../support/replica.ts';
import { type Stack, STACKS } from './stacks.ts';
import { inChromium, withoutScripts } from './visitor.ts';
import { SAMPLE_MANIFESTS, SECRET, USER_ACCOUNTS, sampleEnvironment } from './subsystem.ts';

/*
 * The example clients of other stacks, each by its one command where its runtime is present: signs in, shows as whom,
 * refreshes at every page (its access tokens live no longer than its margin), switches where it can, and hears of
 * the end by back channel where it can.
 */
const [FIRST, SECOND] = USER_ACCOUNTS;
const START_MS = 300_000;
const DELIVERED = 'select delivered_at is not null as delivered from logout_delivery';
const ran: string[] = [];
const skipped: string[] = [];

describe('example clients of other stacks', () => {
  let world: IdpWorld;
  let port: number;
  let origin: string;
  let backend: ReturnType<typeof createServer>;
  let backendPort: number;

  beforeAll(async () => {
    port = await freePort();
    backendPort = await freePort();
    origin = `http://localhost:${port}`;
    const env = { ...sampleEnvironment(origin, 'http://localhost:5001'), ACCESS_TOKEN_SECONDS: '20' };
    world = await startIdpWorld({ manifests: SAMPLE_MANIFESTS, env });
    const seeded = await world.command('seed-trial', 'sample');
    expect(seeded).toMatchObject({ code: 0 });
    // what stands behind a proxy shows what it is told
    backend = createServer((req, res) => {
      const token = req.headers.authorization?.split('.')[1] ?? '';
      const told = Buffer.from(token, 'base64url').toString();
      res.end(`${JSON.stringify(req.headers)} ${told}`);
    });
    await new Promise<void>((resolve) => backend.listen(backendPort, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    backend.closeAllConnections();
    backend.close();
    await world.stop();
    process.stdout.write(`\nRan: ${ran.join(', ') || 'none'}\n`);
    process.stdout.write(`Not run: ${skipped.join(', ') || 'none'}\n`);
  });

  const start = async (stack: Stack): Promise<{ child: ChildProcess; output: () => string }> => {
    const [program = '', ...args] = stack.command;
    const child = spawn(program, args, {
      cwd: stack.folder,
      detached: true, // a group of its own, so that all of it can be ended
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...{ ISSUER: world.issuer, CLIENT_ORIGIN: origin, PORT: String(port), CLIENT_SECRET: SECRET },
        BACKEND: `http://127.0.0.1:${backendPort}`,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-20_000)));
    }
    const until = Date.now() + START_MS;
    for (;;) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`${stack.name} did not start:\n${said}`);
      const answer = await fetch(origin, { redirect: 'manual' }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer) return { child, output: () => said };
      await sleep(200);
    }
  };
  const stop = async (child: ChildProcess): Promise<void> => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    const force = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 5000);
    await ended;
    clearTimeout(force);
  };
  for (const stack of STACKS) {
    it(stack.name, async () => {
      const missing = stack.missing();
      if (missing !== undefined) {
        skipped.push(`${stack.name} (${missing})`);
        return;
      }
      const logoutUri = origin + (stack.logoutPath ?? '/backchannel-logout');
      world.env['CLIENT_LOGOUT_URI'] = logoutUri;
      expect(await world.command('subsystems', 'apply', ...SAMPLE_MANIFESTS)).toMatchObject({ code: 0 });
      await using ending = new AsyncDisposableStack();
      const { child, output } = await start(stack);
      try {
        const visitor = stack.forBrowsersOnly ? await inChromium() : withoutScripts();
        ending.defer(() => visitor.close());
        await visitor.signIn(`${origin}/login`);
        expect(await visitor.open(`${origin}/`)).toContain(FIRST);
        expect(await visitor.open(`${origin}/`)).toContain(FIRST);
        if (stack.switches) {
          await visitor.press('/switch', SECOND);
          expect(await visitor.open(`${origin}/`)).toContain(SECOND);
        }
        const disabled = await world.command('accounts', 'disable', 'demo.nurse', '--reason', 'interop');
        expect(disabled).toMatchObject({ code: 0 });
        if (stack.logoutPath !== undefined) {
          await eventually(async () => {
            const rows = await world.database.query<{ delivered: boolean }>(DELIVERED, []);
            expect(rows.every(({ delivered }) => delivered)).toBe(true);
            expect(rows.length).toBeGreaterThan(0);
          }, 10_000);
          expect(await visitor.open(`${origin}/`)).not.toContain(FIRST);
        }
        ran.push(stack.name);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${output()}`, { cause: error });
      } finally {
        await stop(child);
        await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'interop');
        await world.database.query('delete from logout_delivery', []);
      }
    });
  }
});
