import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError, Fault } from '#kit/errors.ts';
import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Log } from '#kit/log.ts';
import { readSecretSources } from '#kit/secret-sources.ts';
import { readMetadata } from './client.ts';
import { readProviderManifest } from './manifest.ts';
import { type ProviderDeps, applyProvider, setProviderStatus } from './service/providers.ts';
import { countReach, listProviders } from './store/providers.ts';

export const PROVIDER_USAGE = `  providers apply FILE...        declare OpenID Providers of institutions, whose people may sign in with them
  providers list                 who they are, how many accounts are linked
  providers test CODE            read its metadata, as a sign-in would
  providers disable CODE --reason TEXT      end the sessions it vouched for, take it off the sign-in page
  providers enable CODE --reason TEXT
`;

type Deps = ProviderDeps & {
  log: Log;
  config: { privateNetworks: PrivateNetworks };
};

/** `idp providers …`. @throws ConfigurationError naming what is wrong */
export async function runProviderCommand(
  deps: Deps,
  [name = '', ...args]: string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [code = ''] = positionals;
  if (name === 'apply') return apply(deps, positionals, environment);
  if (name === 'list') return describe(deps);
  if (name === 'test') return test(deps, code);
  if (name !== 'disable' && name !== 'enable') {
    throw new ConfigurationError('providers: apply, list, test, disable or enable');
  }
  const { reason } = values;
  if (code === '' || !reason) throw new ConfigurationError('name one and give a --reason');
  const status = name === 'disable' ? 'disabled' : 'active';
  const ended = await setProviderStatus(deps, code, status, { reason }).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    const why = error.code === 'conflict' ? `${code} is ${status} already` : `there is no ${code}`;
    throw new ConfigurationError(why, { cause: error });
  });
  return name === 'disable' ? `${code} disabled, ${ended} session(s) ended` : `${code} enabled`;
}

async function apply(deps: Deps, files: string[], environment: NodeJS.ProcessEnv): Promise<string> {
  if (files.length === 0) throw new ConfigurationError('name a file');
  const readings = files.map((file) => ({ file, reading: readProviderManifest(readText(file)) }));
  const faults = readings.flatMap(({ file, reading }) =>
    reading.ok ? [] : reading.faults.map((fault) => `${file}: ${fault}`),
  );
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  for (const { reading } of readings) {
    if (reading.ok) await applyProvider(deps, reading.manifest, secretOf(reading.manifest.code, environment));
  }
  return `applied ${readings.length} provider(s)`;
}

/** `PROVIDER_SECRET_<CODE>`, or what stands in the file that `PROVIDER_SECRET_<CODE>_FILE` names. */
function secretOf(code: string, environment: NodeJS.ProcessEnv): string | undefined {
  const name = `PROVIDER_SECRET_${code.toUpperCase().replaceAll('-', '_')}`;
  const { values, faults } = readSecretSources([{ name }], environment);
  const [fault] = faults;
  if (fault) throw new ConfigurationError(`${name}: ${fault.message}`);
  return values[name];
}

async function describe({ db }: Deps): Promise<string> {
  const reach = await countReach(db);
  const lines = (await listProviders(db)).map(({ code, issuer, active, version }) =>
    [
      code,
      issuer,
      active ? 'active' : 'disabled',
      `version ${version}`,
      `${reach.get(code)?.links ?? 0} linked`,
    ].join('\t'),
  );
  return lines.length > 0 ? lines.join('\n') : 'no provider is declared';
}

async function test(deps: Deps, code: string): Promise<string> {
  const provider = (await listProviders(deps.db)).find((candidate) => candidate.code === code);
  if (!provider) throw new ConfigurationError(`there is no ${code}`);
  const configuration = await readMetadata(deps, provider).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new ConfigurationError(`${code}: ${why}`, { cause: error });
  });
  const metadata = configuration.serverMetadata();
  const says = (name: string, value: unknown): string => `${name}: ${value === undefined ? 'no' : 'yes'}`;
  return [
    `${code} answers as ${metadata.issuer}`,
    says('pushed requests', metadata.pushed_authorization_request_endpoint),
    says('names itself in answers', metadata.authorization_response_iss_parameter_supported),
    says('end of session', metadata.end_session_endpoint),
  ].join('\n');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}
