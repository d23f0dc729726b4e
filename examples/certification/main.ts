import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import { openDatabase } from '#db/handle.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { sayReady } from '#kit/processes/worker.ts';
import { type Program, runCommand, startProcess } from '../demo/process.ts';
import { makeCertificate } from './certificate.ts';
import { CERTIFICATE_HEADER, serveTls } from './front.ts';
import { CAPTCHA, planCertification } from './plans.ts';
import { type Settings, readSettings } from './settings.ts';
import { certificationTools } from './tools.ts';

const MANIFESTS = [
  'mch-app/manifest.json',
  'examples/subsystem/manifests/cancer.json',
  'examples/subsystem/manifests/smoking.json',
];
const ALGORITHMS = ['ES256', 'RS256', 'PS256'];

/** The provider over TLS on a database that is thrown away, as the suite of the OpenID Foundation needs it. */
async function run(settings: Settings, signal: AbortSignal): Promise<void> {
  await using running = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'certification-'));
  running.defer(() => rmSync(folder, { recursive: true, force: true }));
  const databaseUrl = settings.databaseUrl ?? (await embedded(folder, running));

  const { certificate, key } = await makeCertificate(settings.host);
  const { clients, plans } = await planCertification(settings);
  const files = { certificate, clients: JSON.stringify(clients), plans: JSON.stringify(plans, undefined, 2) };
  const place = (name: keyof typeof files): string =>
    path.join(folder, name === 'certificate' ? 'certificate.pem' : `${name}.json`);
  for (const name of Object.keys(files) as (keyof typeof files)[]) {
    writeFileSync(place(name), files[name], { mode: 0o600 });
  }

  const env = environmentOf(settings, databaseUrl);
  const idp = (name: string, ...args: string[]): Program => ({
    name,
    args: [`idp/${args[0]}`, ...args.slice(1)],
    env,
  });
  const command = (name: string, ...args: string[]) =>
    runCommand(idp(name, 'cli.ts', ...args), folder, signal);
  await command('migrate', 'migrate');
  await command('seed', 'seed-demo', ...MANIFESTS);
  await Promise.all([
    command('keys', 'keys', 'rotate', '--alg', 'PS256', '--reason', 'FAPI 2.0 signs with it'),
    command('clients', 'certification', 'clients', place('clients')),
  ]);
  const provider = startProcess(idp('idp', 'main.ts'), folder);
  running.defer(() => provider.stop());
  await provider.ready(signal);

  const database = openDatabase({
    url: databaseUrl,
    connections: 1,
    applicationName: 'certification',
    onConnectionLost: () => {},
  });
  running.defer(() => database.close());
  const rotateKeys = async (): Promise<void> => {
    const rotate = (alg: string) =>
      command(`keys-${alg}`, 'keys', 'rotate', '--alg', alg, '--reason', 'a test waits for it');
    await Promise.all(ALGORITHMS.map(rotate));
  };
  const tools = certificationTools({ database, issuer: settings.issuer, rotateKeys });
  running.defer(await serveTls({ ...settings, certificate, key, tools }));
  process.stdout.write(
    `${settings.issuer}\n  certificate            ${place('certificate')}\n  the suite's plans      ${place('plans')}\n  begin a sign-in        ${settings.issuer}/certification/third-party-login\n  rotate the keys        POST ${settings.issuer}/certification/keys\n  answer a CIBA request  POST ${settings.issuer}/certification/ciba?auth_req_id=…&action=allow|deny\n`,
  );
  sayReady({ issuer: settings.issuer, certificate, plans: place('plans') });
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  const loss = await Promise.race([stopped, provider.ended]);
  if (typeof loss === 'string' && !signal.aborted) throw new ConfigurationError(loss);
}

async function embedded(folder: string, running: AsyncDisposableStack): Promise<string> {
  const server = await startEmbeddedServer(path.join(folder, 'pg'), ['fsync=off']);
  running.defer(() => server.stop());
  await ensureDatabase(server.url('postgres'), 'idp');
  return server.url('idp');
}

function environmentOf({ issuer, innerPort, suite }: Settings, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    NODE_COMPILE_CACHE: path.join(tmpdir(), 'single-entry-compile-cache'),
    ...process.env,
    NODE_ENV: 'development',
    IDP_CERTIFICATION: '1',
    IDP_CERTIFICATION_HOST: suite.hostname,
    IDP_DEMO: '1',
    CAPTCHA_FIXED: CAPTCHA,
    IDP_ISSUER: issuer,
    IDP_PORT: String(innerPort),
    IDP_DATABASE_URL: databaseUrl,
    IDP_DRAIN_SECONDS: '0',
    IDP_MASTER_KEYS: randomBytes(32).toString('base64'),
    IDP_TRUSTED_PROXY_HOPS: '1',
    IDP_CLIENT_CERTIFICATE_HEADER: CERTIFICATE_HEADER,
    IDP_CLIENT_CERTIFICATE_PROXIES: '127.0.0.1,::1',
    // a key signs two seconds after its announcement: no test waits a day
    JWKS_MAX_AGE_SECONDS: '1',
    KEY_POLL_SECONDS: '1',
    CLOCK_SKEW_SECONDS: '0',
    KEY_ANNOUNCE_SECONDS: '2',
    MCH_ORIGIN: 'http://localhost:4000',
    CANCER_ORIGIN: 'http://localhost:4001',
    SMOKING_ORIGIN: 'http://localhost:4002',
    ...Object.fromEntries(
      ['MCH_APP', 'CANCER_SCREENING', 'SMOKING_CESSATION'].map((name) => [
        `CLIENT_SECRET_${name}`,
        randomBytes(32).toString('base64url'),
      ]),
    ),
  };
}

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
try {
  await run(readSettings(process.env), controller.signal);
} catch (error) {
  if (!controller.signal.aborted) {
    const isKnown = error instanceof ConfigurationError;
    process.stderr.write(`${isKnown ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
}
// what listens to whoever started this would keep it alive
process.exit();
