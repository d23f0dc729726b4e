import { parseArgs } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { tokenFault } from './initial-token.ts';
import { issueInitialToken, revokeToken } from './service.ts';
import { listInitialTokens } from './store.ts';
import { TOKEN_MOST } from './types.ts';

export const REGISTRATION_USAGE = `  registration tokens issue --label TEXT --reason TEXT [--clients N] [--days N]   told once; lets its holder register clients
  registration tokens list
  registration tokens revoke HANDLE --reason TEXT
`;

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
  const wish = { clients: Number(values.clients), days: Number(values.days) };
  const fault = tokenFault(wish);
  if (fault) throw new ConfigurationError(`--${fault} must be from 1 to ${TOKEN_MOST[fault]}`);
  const { token, handle } = await issueInitialToken(deps, { label, reason, ...wish });
  return `${handle}\n${token}`;
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
