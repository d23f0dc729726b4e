import { readFileSync } from 'node:fs';
import { readSecretFiles } from '#kit/environment.ts';
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
    await applyManifest(deps, reading.manifest, secretOf(clientId, environment));
  }
  return `applied ${readings.length} subsystem(s)`;
}

/** `CLIENT_SECRET_<CLIENT_ID>`, or what stands in the file that `CLIENT_SECRET_<CLIENT_ID>_FILE` names. */
function secretOf(clientId: string, environment: NodeJS.ProcessEnv): string | undefined {
  const name = `CLIENT_SECRET_${clientId.toUpperCase().replaceAll('-', '_')}`;
  const { values, faults } = readSecretFiles([name], environment);
  const [fault] = faults;
  if (fault) throw new ConfigurationError(`${name}: ${fault.message}`);
  return values[name];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}
