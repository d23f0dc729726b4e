import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { orderForPublication, stateOf } from '../../signing-keys/index.ts';
import { applySettings } from './service/apply.ts';
import { type KeyDeps, revokeFederationKey, rotateFederationKey } from './service/keys.ts';
import { readSettings } from './settings.ts';
import { listFederationKeys } from './store/keys.ts';

export const FEDERATION_USAGE = `  federation apply FILE          what this provider is in a federation, from a reviewed file
  federation keys                its public federation keys, for its superiors
  federation rotate --reason TEXT [--days N]   announces a successor, which signs when every superior vouches
                                 for it, or N days from now
  federation revoke KID --reason TEXT          a federation key that may have leaked: out at once
`;

type Deps = KeyDeps & { config: { issuer: string } };

const MOST_DAYS = 90;

/** `idp federation …`, see `FEDERATION_USAGE`. @throws ConfigurationError naming what is missing or wrong */
export async function runFederationCommand(deps: Deps, [name = '', ...args]: string[]): Promise<string> {
  // a key's id may begin with a hyphen, like an option
  const kid = name === 'revoke' ? (args[0] ?? '') : '';
  const { values, positionals } = parseArgs({
    args: name === 'revoke' ? args.slice(1) : args,
    options: { reason: { type: 'string', default: '' }, days: { type: 'string' } },
    allowPositionals: true,
  });
  if (name === 'apply') return apply(deps, positionals[0] ?? '');
  if (name === 'keys') return describe(deps);
  if (name !== 'rotate' && name !== 'revoke')
    throw new ConfigurationError('federation: apply, keys, rotate or revoke');
  const reason = values.reason.trim();
  if (reason === '') throw new ConfigurationError('give a --reason');
  if (name === 'revoke') {
    const plan = await revokeFederationKey({ ...deps, issuer: deps.config.issuer }, kid, { reason });
    if (!plan) throw new ConfigurationError(`there is no key ${kid} in use`);
    return `${kid} is out`;
  }
  const days = values.days === undefined ? undefined : Number(values.days);
  if (days !== undefined && (!Number.isInteger(days) || days < 1 || days > MOST_DAYS))
    throw new ConfigurationError(`--days is from 1 to ${MOST_DAYS}`);
  const announced = await rotateFederationKey(deps, days, { reason });
  if (announced === undefined) throw new ConfigurationError('a successor is announced already');
  return `${announced} is announced`;
}

async function apply(deps: Deps, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new ConfigurationError(`${file} cannot be read`);
  });
  const settings = readSettings(text, deps.config.issuer);
  await applySettings(deps, settings);
  return `${deps.config.issuer} looks up to ${settings.authorityHints.join(', ')}`;
}

async function describe({ db, clock }: Deps): Promise<string> {
  const now = clock();
  const keys = orderForPublication(await listFederationKeys(db, now), now);
  const lines = keys.map((key) => `# ${key.kid}  ${stateOf(key, now)}`);
  const published = keys.map(({ publicJwk }) => publicJwk);
  return [...lines, JSON.stringify({ keys: published }, null, 2)].join('\n');
}
