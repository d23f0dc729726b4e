import { ConfigurationError } from '../errors.ts';
import { STOP_MS } from '../life.ts';
import { createLog } from '../log.ts';
import { serveWorkerMetrics } from '../telemetry/worker-metrics.ts';
import { runPrimary } from './primary.ts';
import type { ProcessSettings } from './settings.ts';

interface Served {
  logLevel: string;
  telemetry: { metrics: { port: number | undefined; host: string } };
  processes: ProcessSettings;
}

/** More than a worker allows itself, so that it gets to say what it abandons. */
const MARGIN_MS = 2000;

/** Runs `file` as workers until told to stop, and ends this process. A setting that cannot work: one sentence, 1. */
export async function servePrograms(name: string, file: string, readConfig: () => Served): Promise<void> {
  try {
    const { logLevel, processes, telemetry } = readConfig();
    const { port, host } = telemetry.metrics;
    if (port !== undefined) await serveWorkerMetrics(port, host);
    const stopMs = processes.drainMs + STOP_MS + MARGIN_MS;
    const exitCode = await runPrimary({ ...processes, file, stopMs }, createLog(`${name}-primary`, logLevel));
    process.exit(exitCode);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
