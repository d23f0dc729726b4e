import { parseArgs } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { issueInitialToken, revokeToken } from './service.ts';
import { listInitialTokens } from './store.ts';

export const REGISTRATION_USAGE = `  registration tokens issue --label TEXT --reason TEXT [--clients N] [--days N]   told once; lets its holder register clients
  registration tokens list
  registration tokens revoke HANDLE --reason TEXT
`;

const MOST = { clients: 1000, days: 90 };

/** `idp registration tokens …` @throws ConfigurationError when something is missing or out of bounds */
export async function runRegistrationCommand(
  deps: { db: Db; clock: Clock },
  [deed, ...rest]: string[],
): Promise<string> {
  const { values, positionals } = parseArgs({
    args: rest,
    options: {
      label: { type: 'string' },
      reason: { type: 'string' },
      clients: { type: 'string', default: '1' },
      days: { type: 'string', default: '7' },
    },
    allowPositionals: true,
  });
  const { label, reason } = values;
  if (deed === 'list') return describe(await listInitialTokens(deps.db));
  if (!reason) throw new ConfigurationError('give a --reason');
  if (deed === 'revoke') {
    const [handle = ''] = positionals;
    if (!(await revokeToken(deps, handle, reason))) throw new ConfigurationError(`there is no ${handle}`);
    return `${handle} revoked`;
  }
  if (deed !== 'issue' || !label) throw new ConfigurationError('issue takes a --label');
  const uses = within('clients', values.clients);
  const { token, handle } = await issueInitialToken(deps, {
    label,
    reason,
    uses,
    days: within('days', values.days),
  });
  return `${handle}\n${token}`;
}

function within(name: 'clients' | 'days', text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MOST[name]) {
    throw new ConfigurationError(`--${name} must be from 1 to ${MOST[name]}`);
  }
  return number;
}

function describe(tokens: Awaited<ReturnType<typeof listInitialTokens>>): string {
  if (tokens.length === 0) return 'none were issued';
  return tokens
    .map(({ handle, label, usesLeft, expiresAt, revokedAt }) => {
      const state = revokedAt ? 'revoked' : `${usesLeft} left until ${expiresAt?.toISOString()}`;
      return `${handle}  ${label}  ${state}`;
    })
    .join('\n');
}
