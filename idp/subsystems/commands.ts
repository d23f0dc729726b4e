import { readFileSync } from 'node:fs';
import { ConfigurationError } from '#kit/errors.ts';
import { isExampleSecret } from '#kit/production.ts';
import { readSecretSources } from '#kit/secret-sources.ts';
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
  const { values, faults } = readSecretSources([{ name }], environment);
  const [fault] = faults;
  if (fault) throw new ConfigurationError(`${name}: ${fault.message}`);
  const secret = values[name];
  if (secret !== undefined && environment['NODE_ENV'] === 'production' && isExampleSecret(secret)) {
    throw new ConfigurationError(`${name}: is a secret of an example: make one at random`);
  }
  return secret;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}
