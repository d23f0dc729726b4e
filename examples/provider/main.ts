import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import type { TrialAccount } from '#db/idp/seed/trial.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { checkPorts } from '../demo/ports.ts';
import { startProcess } from '../demo/process.ts';
import { DEEDS, perform, runCommand } from './deeds.ts';
import { startFront } from './front.ts';
import { type Settings, readSettings } from './settings.ts';

/*
 * The provider alone, for a subsystem under development: a database of its own, fresh at every start and gone at the
 * end, the demo people with an account for each role and duty of the manifest, and everything that a team must see
 * happen at its client on demand.
 *
 *   npm run provider -- [--manifest FILE]... [--port 3000] [--page-port 3001]
 */
const CAPTCHA = '24680';
const FLAGS = { IDP_DEMO: '1', IDP_DRAIN_SECONDS: '0', CAPTCHA_FIXED: CAPTCHA };
/** A key signs ten seconds after it was announced, so that a rotation can be watched. */
const KEY_TIMES = {
  JWKS_MAX_AGE_SECONDS: '5',
  KEY_POLL_SECONDS: '1',
  CLOCK_SKEW_SECONDS: '2',
  KEY_ANNOUNCE_SECONDS: '8',
  KEY_DEADLINE_SECONDS: '12',
};

async function run(settings: Settings, signal: AbortSignal): Promise<void> {
  await using running = new AsyncDisposableStack();
  await checkPorts([settings.port, settings.pagePort]);
  process.stdout.write('Starting: a fresh database, people, accounts…\n');
  const folder = mkdtempSync(path.join(tmpdir(), 'single-entry-'));
  running.defer(() => rmSync(folder, { recursive: true, force: true }));
  const database = await startEmbeddedServer(path.join(folder, 'pg'), ['fsync=off']);
  running.defer(() => database.stop());
  await ensureDatabase(database.url('postgres'), 'idp');

  const env = {
    NODE_COMPILE_CACHE: path.join(tmpdir(), 'single-entry-compile-cache'),
    ...settings.environment,
    ...FLAGS,
    ...KEY_TIMES,
    IDP_DATABASE_URL: database.url('idp'),
    IDP_PORT: String(settings.port),
    IDP_ISSUER: settings.issuer,
    IDP_MASTER_KEYS: randomBytes(32).toString('base64'),
    ARGON2_MEMORY_KIB: '1024',
  };
  await runCommand(env, 'migrate');
  await runCommand(env, 'seed-demo', ...settings.manifests.map(({ file }) => file));
  const codes = settings.manifests.map(({ code }) => code);
  const accounts = JSON.parse(await runCommand(env, 'seed-trial', ...codes)) as TrialAccount[];
  signal.throwIfAborted();

  const logs = path.join(folder, 'logs');
  mkdirSync(logs);
  const provider = startProcess({ name: 'idp', args: ['idp/main.ts'], env }, logs);
  running.defer(() => provider.stop());
  await provider.ready(signal);
  const front = await startFront({ settings, accounts, env, captcha: CAPTCHA });
  running.defer(() => front.stop());
  welcome(settings, front.origin, accounts);
  process.send?.({ ready: true });
  const terminal = listen(env);
  running.defer(() => terminal.close());

  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const loss = await Promise.race([stopped, provider.ended]);
  if (typeof loss === 'string' && !signal.aborted) throw new ConfigurationError(loss);
}

/** Deeds typed where it runs. */
function listen(env: NodeJS.ProcessEnv) {
  const terminal = createInterface({ input: process.stdin });
  terminal.on('line', (line) => {
    if (line.trim() === '') return;
    const answer = line.trim() === 'help' ? Promise.resolve(DEEDS) : perform(env, line);
    const write = (words: string): unknown => process.stdout.write(`${words}\n`);
    void answer.then(write, (error: unknown) => write((error as Error).message));
  });
  return terminal;
}

function welcome({ issuer, manifests }: Settings, page: string, accounts: TrialAccount[]): void {
  const clients = manifests.flatMap(({ clientId, secretName, secret, loginUri }) => [
    `  client_id      ${clientId}`,
    `  client_secret  ${secret}   (or what ${secretName} says)`,
    ...(loginUri === undefined ? [] : [`  begin at       ${loginUri}`]),
  ]);
  const rows = accounts.map(
    ({ loginName, id, unitCode, role, duty }) =>
      `  ${loginName.padEnd(13)} ${id.padEnd(22)} ${unitCode.padEnd(11)} ${role} / ${duty}`,
  );
  process.stdout.write(`
Issuer           ${issuer}
Sign in by one click, end things: ${page}
${clients.join('\n')}

${rows.join('\n')}
  Password of all: ${DEMO_PASSWORD}   captcha: ${CAPTCHA}   codes: ${issuer}/demo/codes   mail: ${issuer}/demo/mailbox

Type, or choose on the page:
${DEEDS}
Ctrl-C ends it and forgets everything.
`);
}

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(name as NodeJS.Signals, () => controller.abort());
}
try {
  await run(readSettings(process.argv.slice(2), process.env), controller.signal);
} catch (error) {
  if (!controller.signal.aborted) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
// what listens to the terminal, or to whoever started this, would keep it alive
process.exit();
