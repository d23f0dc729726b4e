import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { openDatabases } from './database.ts';
import { prepareFederation } from './federation.ts';
import { checkPorts } from './ports.ts';
import { type Program, type RunningProcess, runCommand, startProcess } from './process.ts';
import { placesOf, planPrograms } from './programs.ts';
import { readSecrets } from './secrets.ts';
import { type Settings, readSettings } from './settings.ts';

/** A stop asked for by Ctrl-C (which npm makes arrive twice), by a closed terminal or by a supervisor above. */
function stopRequest(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** The whole demo, each application a process of its own, until one of them ends or a stop is asked for. */
async function run(settings: Settings, signal: AbortSignal): Promise<void> {
  await using running = new AsyncDisposableStack();
  await checkPorts(Object.values(settings.ports));

  const databaseDir = path.join(settings.dataDir, 'pg18');
  const secrets = readSecrets(settings.dataDir, databaseDir);
  const databases = await openDatabases(databaseDir, settings.databaseUrls);
  running.defer(() => databases.stop());

  const logs = path.join(settings.dataDir, 'logs');
  const federation = await prepareFederation(settings, placesOf(settings).mch);
  const programs = planPrograms(settings, secrets, databases, federation);
  const command = (program: Program): Promise<void> => runCommand(program, logs, signal);
  const start = async (program: Program): Promise<RunningProcess> => {
    const child = startProcess(program, logs);
    running.defer(() => child.stop());
    await child.ready(signal);
    return child;
  };

  await Promise.all(
    programs.preparations.map(async (one) => {
      for (const program of one) await command(program);
    }),
  );
  await programs.declareOthers(command);
  const provider = await start(programs.provider);
  await federation.vouchFor(placesOf(settings).idp);
  const others = await Promise.all([...programs.relyingParties, ...programs.others].map(start));
  welcome(settings, programs.others.length > 0);

  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  const ends = [provider, ...others].map((child) => child.ended);
  const loss = await Promise.race([stopped, databases.lost, ...ends]);
  if (typeof loss === 'string' && !signal.aborted) throw new ConfigurationError(loss);
}

function welcome(settings: Settings, withGroup: boolean): void {
  const values: Record<string, string> = { ...placesOf(settings), password: DEMO_PASSWORD };
  const text = readFileSync(path.join(import.meta.dirname, 'welcome.txt'), 'utf8');
  const told = text.replaceAll(/^\+(.*\n)/gm, withGroup ? ' $1' : ''); // what the hospital group adds
  process.stdout.write(told.replace(/\$\{(\w+)\}/g, (_match, name: string) => values[name] ?? ''));
}

const signal = stopRequest();
try {
  await run(readSettings(process.env), signal);
} catch (error) {
  if (!signal.aborted) {
    const isKnown = error instanceof ConfigurationError;
    process.stderr.write(`${isKnown ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
}
