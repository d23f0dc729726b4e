import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { EXCHANGE } from '../support/relying-party.ts';
import { freePort } from '../support/replica.ts';
import { type Stack, STACKS } from './stacks.ts';
import { inChromium, withoutScripts } from './visitor.ts';
import { SAMPLE_MANIFESTS, SECRET, USER_ACCOUNTS, sampleEnvironment } from './subsystem.ts';
import { type Witness, startWitness } from './witness.ts';

/*
 * The example clients of other stacks, each by its one command where its runtime is present: signs in, shows as whom,
 * refreshes (its access tokens live no longer than its margin), switches where it can, hears of the end by back channel
 * where it can, and signs out. What each asked of the token endpoint is seen in between; docs/interop.md tells of it.
 */
const [FIRST, SECOND] = USER_ACCOUNTS;
const START_MS = 540_000;
const SPAN_SECONDS = 5;
const DELIVERED = 'select delivered_at is not null as delivered from logout_delivery';
const PATIENCE_MS = 4 * SPAN_SECONDS * 1000;

describe('example clients of other stacks', () => {
  let world: IdpWorld;
  let witness: Witness;
  let port: number;
  let origin: string;
  let backend: ReturnType<typeof createServer>;
  let backendPort: number;

  beforeAll(async () => {
    port = await freePort();
    backendPort = await freePort();
    origin = `http://localhost:${port}`;
    const env = {
      ...sampleEnvironment(origin, 'http://localhost:5001'),
      ACCESS_TOKEN_SECONDS: String(SPAN_SECONDS),
    };
    witness = await startWitness(await freePort(), () => world.replicaUrls[0] ?? '');
    world = await startIdpWorld({ manifests: SAMPLE_MANIFESTS, env, issuer: witness.origin });
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
    await witness.stop();
    await world.stop();
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
        ...stack.env,
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
  /** Whatever the stack, the person is not shown as any account once the session has ended. */
  const isOut = (html: string): boolean => !html.includes(FIRST) && !html.includes(SECOND);

  for (const stack of STACKS) {
    const missing = stack.missing();
    if (missing !== undefined) {
      it.skip(`${stack.name}: ${missing}`, () => undefined);
      continue;
    }
    it(stack.name, async () => {
      world.env['CLIENT_CALLBACK_URI'] = origin + (stack.callbackPath ?? '/callback');
      world.env['CLIENT_LOGOUT_URI'] = origin + (stack.logoutPath ?? '/backchannel-logout');
      expect(await world.command('subsystems', 'apply', ...SAMPLE_MANIFESTS)).toMatchObject({ code: 0 });
      const { child, output } = await start(stack);
      const visitor = stack.forBrowsersOnly ? await inChromium() : withoutScripts();
      const shows = async (...words: string[]): Promise<void> => {
        const page = await visitor.open(`${origin}/`);
        for (const word of words) expect(page).toContain(word);
      };
      /** Until a token has ended and another was got for the refresh token, without the browser's doing. */
      const refreshes = async (account: string): Promise<void> => {
        const before = witness.granted('refresh_token');
        const codes = witness.granted('authorization_code');
        await eventually(async () => {
          await shows(account);
          expect(witness.granted('refresh_token')).toBeGreaterThan(before);
        }, PATIENCE_MS);
        expect(witness.granted('authorization_code')).toBe(codes);
      };
      try {
        await visitor.signIn(`${origin}/login`);
        await shows(FIRST, 'sample_user', 'medical');
        await refreshes(FIRST);
        if (stack.switches) {
          const before = witness.granted(EXCHANGE);
          await visitor.press('/switch', SECOND);
          await shows(SECOND, 'health_station');
          expect(witness.granted(EXCHANGE)).toBe(before + 1);
          await refreshes(SECOND);
        }
        const disabled = await world.command('accounts', 'disable', 'demo.nurse', '--reason', 'interop');
        expect(disabled).toMatchObject({ code: 0 });
        if (stack.logoutPath === undefined) {
          // no sooner than it asks again
          await eventually(
            async () => expect(isOut(await visitor.open(`${origin}/`))).toBe(true),
            PATIENCE_MS,
          );
        } else {
          await eventually(async () => {
            const rows = await world.database.query<{ delivered: boolean }>(DELIVERED, []);
            expect(rows.length).toBeGreaterThan(0);
            expect(rows.every(({ delivered }) => delivered)).toBe(true);
          }, 10_000);
          const asked = witness.granted('refresh_token');
          expect(isOut(await visitor.open(`${origin}/`))).toBe(true);
          expect(witness.granted('refresh_token')).toBe(asked);
        }
        await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'interop');
        await visitor.signIn(`${origin}/login`);
        await shows(FIRST);
        const { signOut } = stack;
        await visitor.signOut(
          'form' in signOut ? signOut : { address: signOut.address(origin, world.issuer) },
        );
        expect(isOut(await visitor.open(`${origin}/`))).toBe(true);
        expect(await visitor.open(`${origin}/login`)).toContain('name="captcha"');
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${output()}`, { cause: error });
      } finally {
        await visitor.close();
        await stop(child);
        await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'interop');
        await world.database.query('delete from logout_delivery', []);
      }
    });
  }
});
