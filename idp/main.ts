import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { endWhenAsked } from '#kit/life.ts';
import { createLog } from '#kit/log.ts';
import { sayReady } from '#kit/processes/worker.ts';
import { readConfig } from './config.ts';
import { startReplica } from './replica.ts';

/** Starts one replica of the identity provider and stops it on a signal, or when its starter is gone. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('idp', config.logLevel);
  const replica = await startReplica(config, log, systemClock);
  if (!config.clamd)
    log.info('no virus scanner is set: files that are brought are judged by their content alone');
  log.info({ port: replica.port, issuer: config.issuer }, 'listening');
  endWhenAsked(replica, log, config.processes);
  sayReady({ port: replica.port });
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
