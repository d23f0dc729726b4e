import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { isGuarded } from './policy.ts';
import { addNetwork, removeNetwork } from './service.ts';
import { listNetworks } from './store.ts';
import type { AllowListDeps } from './types.ts';

export const ALLOW_USAGE = `  console allowed                networks the console may be used from, by role
  console allow ROLE NETWORK --reason TEXT      one more; the way in for whoever locked everybody out
  console disallow ROLE NETWORK|all --reason TEXT   the last one of a role opens it to every address
`;

/**
 * `allowed`, `allow ROLE NETWORK --reason TEXT`, `disallow ROLE NETWORK|all --reason TEXT`.
 * @throws ConfigurationError naming what is wrong
 */
export async function runConsoleCommand(
  deps: AllowListDeps,
  [name = '', ...args]: string[],
): Promise<string> {
  if (name === 'allowed') return describe(deps);
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [role = '', network = ''] = positionals;
  const { reason } = values;
  if (!isGuarded(role) || network === '' || !reason) {
    throw new ConfigurationError('name hpa_admin or platform_ops, a network, and give a --reason');
  }
  if (name === 'allow') {
    const outcome = await addNetwork(deps, {}, { role, network, note: reason });
    if (!outcome.changed) throw new ConfigurationError(`${network}: ${outcome.reason.replaceAll('_', ' ')}`);
    return `${role} may use the console from ${network}`;
  }
  if (name !== 'disallow') throw new ConfigurationError('console: allowed, allow or disallow');
  const own = (await listNetworks(deps.db)).filter((entry) => entry.role === role);
  const going = own.filter((entry) => network === 'all' || entry.network === network);
  if (going.length === 0) throw new ConfigurationError(`${network} is not listed for ${role}`);
  for (const { id } of going) await removeNetwork(deps, {}, id, reason);
  return going.length === own.length
    ? `${role} may use the console from everywhere`
    : `${network} removed for ${role}`;
}

async function describe({ db }: AllowListDeps): Promise<string> {
  const networks = await listNetworks(db);
  const lines = networks.map(({ role, network, note }) => [role, network, note].join('\t'));
  return lines.length > 0 ? lines.join('\n') : 'every role may use the console from everywhere';
}
