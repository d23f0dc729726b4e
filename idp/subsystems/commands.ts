import { readFileSync } from 'node:fs';
import { ConfigurationError } from '#kit/errors.ts';
import { readManifest } from './manifest.ts';
import { type SubsystemDeps, applyManifest, describeFault } from './service.ts';

/**
 * `idp subsystems apply FILE...`: applies manifests, each with the secret that `environment` holds for its client.
 * @throws ConfigurationError naming every fault of every file; then nothing is applied
 */
export async function runApply(
  deps: SubsystemDeps,
  files: string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const readings = files.map((file) => ({ file, reading: readManifest(readText(file), environment) }));
  const faults = readings.flatMap(({ file, reading }) =>
    reading.ok ? [] : reading.faults.map((fault) => `${file}: ${describeFault(fault)}`),
  );
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  for (const { reading } of readings) {
    if (!reading.ok) continue;
    const { client_id: clientId } = reading.manifest.client;
    const secret = environment[`CLIENT_SECRET_${clientId.toUpperCase().replaceAll('-', '_')}`];
    await applyManifest(deps, reading.manifest, secret);
  }
  return `applied ${readings.length} subsystem(s)`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}
