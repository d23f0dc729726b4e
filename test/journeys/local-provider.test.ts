import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as oidc from 'openid-client';
import { type Doorstep, SAMPLE_MANIFESTS, openDoorstep, sampleEnvironment } from '../interop/subsystem.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { eventually } from '../support/eventually.ts';
import { createJourney } from '../support/journey.ts';
import { type Replica, freePort, runProgram, startReplica } from '../support/replica.ts';

const MANIFEST = SAMPLE_MANIFESTS[0] ?? '';
const SECRET = 'only-for-development-sample-app-secret';
const [FIRST, SECOND] = ['P@00000001P@smp_01', 'P@00000001P@smp_02'];

/* What a subsystem's team has while it writes its client: the provider alone, and the trial from the outside. */
describe('the provider toward a subsystem under development', () => {
  let provider: Replica;
  let door: Doorstep;
  let issuer: string;
  let page: string;
  let pagePort: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    door = await openDoorstep();
    const port = String(await freePort());
    pagePort = String(await freePort());
    issuer = `http://localhost:${port}`;
    page = `http://localhost:${pagePort}`;
    env = { ...sampleEnvironment(door.origin, door.origin), CLIENT_SECRET_SAMPLE_APP: undefined };
    const args = ['--manifest', MANIFEST, '--port', port, '--page-port', pagePort];
    provider = await startReplica(['examples/provider/main.ts', ...args], env);
  });
  afterAll(async () => {
    expect(await provider.stop()).toBe(0);
    await door.stop();
  });

  const deed = async (typed: string): Promise<string> =>
    (await fetch(`${page}/deeds`, { method: 'POST', body: new URLSearchParams({ deed: typed }) })).text();
  const signedIn = async (person: string): Promise<ReturnType<typeof createCookieJar>> => {
    const body = new URLSearchParams({ person });
    const entered = await fetch(`${page}/sign-in`, { method: 'POST', redirect: 'manual', body });
    expect(entered.status).toBe(303);
    const jar = createCookieJar();
    jar.store(new URL(issuer), entered.headers.getSetCookie());
    return jar;
  };

  it('says who may sign in, and lets openid-client in after one click', async () => {
    expect(provider.output()).toContain(`demo.nurse    ${FIRST}`);
    const config = await oidc.discovery(new URL(issuer), 'sample-app', {}, oidc.ClientSecretBasic(SECRET), {
      execute: [oidc.allowInsecureRequests],
    });
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      ...{ redirect_uri: door.callback, scope: 'openid subsystem_account', account: FIRST },
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const journey = createJourney({ stopAt: door.origin, jar: await signedIn('demo.nurse') });
    const callback = await journey.open(url.href);
    const tokens = await oidc.authorizationCodeGrant(config, callback.url, { pkceCodeVerifier });
    expect(tokens.claims()).toMatchObject({ subsystem_account: { id: FIRST, role: 'sample_user' } });

    expect(await deed(`disable ${FIRST}`)).toContain(`${FIRST} disabled`);
    await eventually(() => expect(door.logouts).toMatchObject([{ aud: 'sample-app' }]));
    expect(await deed(`enable ${FIRST}`)).toContain(`${FIRST} enabled`);
  });

  it('signs in with a second factor too, and rotates its key on demand', async () => {
    expect((await signedIn('demo.manager')).get('idp_session')).toBeDefined();
    const published = async () =>
      ((await (await fetch(`${issuer}/oidc/jwks`)).json()) as { keys: object[] }).keys.length;
    const before = await published();
    expect(await deed('rotate')).toContain('a key is announced');
    await eventually(async () => expect(await published()).toBeGreaterThan(before), 10_000);
  });

  it('does no deed for a page of another origin, another host name, or an unknown word', async () => {
    for (const headers of [{ origin: 'http://localhost:1' }, { origin: 'null' }]) {
      const body = new URLSearchParams({ deed: 'rotate' });
      expect((await fetch(`${page}/deeds`, { method: 'POST', headers, body })).status).toBe(403);
    }
    expect((await fetch(`http://127.0.0.1:${pagePort}/`)).status).toBe(403);
    expect(await deed('disable --all')).toContain('the deeds are');
    expect(await deed('rotate <b>')).not.toContain('<b>');
  });

  it('never starts in production', async () => {
    const run = await runProgram(['examples/provider/main.ts'], { NODE_ENV: 'production' });
    expect(run).toEqual({ code: 1, output: expect.stringContaining('never runs in production') });
  });

  it('runs as a command of an installed package, in a folder with nothing but a manifest', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'team-'));
    const modules = path.join(folder, 'node_modules');
    const installed = path.join(modules, 'single-entry');
    mkdirSync(installed, { recursive: true });
    for (const name of readdirSync('node_modules')) {
      symlinkSync(path.resolve('node_modules', name), path.join(modules, name));
    }
    for (const part of ['package.json', 'idp', 'kit', 'db', 'templates', 'examples']) {
      cpSync(part, path.join(installed, part), { recursive: true });
    }
    cpSync(MANIFEST, path.join(folder, 'my.json'));
    const port = await freePort();
    const page = String(await freePort());
    const bin = path.join(installed, 'examples/provider/bin.mjs');
    const flags = ['--manifest', 'my.json', '--port', String(port), '--page-port', page];
    const child = spawn(process.execPath, [bin, ...flags], {
      ...{ cwd: folder, env: { ...process.env, ...env } },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('Ctrl-C ends it')) break;
    }
    const metadata = await fetch(`http://localhost:${port}/.well-known/openid-configuration`);
    expect(await metadata.json()).toMatchObject({ issuer: `http://localhost:${port}` });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    rmSync(folder, { recursive: true });
  });

  describe('idp subsystems try', () => {
    const tryIt = (more: NodeJS.ProcessEnv = {}, ...args: string[]) => {
      const given = ['--issuer', issuer, '--page', page, '--as', 'demo.nurse', '--wait', '10', ...args];
      const own = { ...env, CLIENT_SECRET_SAMPLE_APP: SECRET, ...more };
      return runProgram(['idp/cli.ts', 'subsystems', 'try', MANIFEST, ...given], own);
    };

    it('plays the subsystem from discovery to the logout token, where nothing of its own runs', async () => {
      await door.stop(); // its addresses are free
      const { code, output } = await tryIt();
      expect(output.match(/^[✗–].*$/gmu)).toEqual(['– Redirect URI', '– Back-channel logout URI']);
      expect(output).toContain(`"id":"${FIRST}"`);
      expect(output).toContain(`Account switch by token exchange  ${SECOND}`);
      expect({ code, end: output.trim().split('\n').at(-1) }).toEqual({
        code: 0,
        end: 'sample: everything that was tried works',
      });
    });

    it.each([
      [
        { CLIENT_SECRET_SAMPLE_APP: 'another-secret-than-was-applied' },
        'en',
        'for who it is (invalid_client)',
      ],
      [{ CLIENT_SECRET_SAMPLE_APP: undefined, LANG: 'zh_TW.UTF-8' }, 'zh', 'CLIENT_SECRET_SAMPLE_APP_FILE'],
    ])('says what to mend: %j', async (more, language, expected) => {
      const { code, output } = await tryIt(more);
      expect(code).toBe(1);
      expect(output).toContain(expected);
      expect(output).toContain(
        language === 'zh' ? 'sample：有項目需修正' : 'sample: something must be mended',
      );
    });
  });
});
