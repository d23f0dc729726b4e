import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Clock, DAY } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { serve } from '#kit/http/serve.ts';
import { TrustFault, askWorld } from '../trust-chain/index.ts';
import { hasKeys, makeKey, readKeys, writeKeys, writeWhole } from './key-store.ts';
import { type KeyPlan, keyState, planRevocation, planRotation } from './policy.ts';
import type { AuthorityKey } from './key-store.ts';
import { readReviewedFile } from './reviewed-file.ts';
import { authorityListener, authorityResolver, openAuthority, publishedFile } from './server.ts';
import { publicKeys } from './statements.ts';

export const AUTHORITY_USAGE = `  authority init DIR             a federation key for a trust anchor or an intermediate
  authority publish DIR FILE     from now on it says what this reviewed file has
  authority keys DIR             its public keys, for superiors and for whoever trusts it
  authority rotate DIR [--days N]   announces a successor, which signs N days from now
  authority revoke DIR KID       a key that may have leaked: out at once
  authority check DIR ENTITY     whether a chain from there to its anchor holds, and if not, why
  authority serve DIR --port N [--host H] [--private-networks]
`;

export interface AuthorityContext {
  clock: Clock;
  print: (line: string) => void;
  /** Ends serving. */
  until: Promise<unknown>;
}

interface Given {
  positionals: string[];
  values: { port?: string | undefined; host: string; days: string; 'private-networks': boolean };
}

type Command = (context: AuthorityContext, folder: string, given: Given) => Promise<string>;

const REFUSED = {
  announced: 'a successor is announced already',
  unknown_key: 'no such key is published',
} as const;

const COMMANDS: Record<string, Command> = {
  async init({ clock }, folder) {
    if (await hasKeys(folder)) throw new ConfigurationError(`${folder} has keys already`);
    const key = await makeKey(clock());
    await writeKeys(folder, [key]);
    return `${key.kid} signs`;
  },
  async publish(_context, folder, { positionals: [file = ''] }) {
    await readKeys(folder);
    const text = await readFile(file, 'utf8').catch(() => {
      throw new ConfigurationError(`${file} cannot be read`);
    });
    const { entityId, subordinates, trustMarks } = readReviewedFile(text);
    await writeWhole(publishedFile(folder), text, 0o644);
    return `${entityId} vouches for ${subordinates.length}, issues ${trustMarks.length} kinds of trust mark`;
  },
  async keys({ clock, print }, folder) {
    const now = clock();
    const keys = await readKeys(folder);
    for (const key of keys) print(`# ${key.kid}  ${keyState(key, now)}`);
    return JSON.stringify(publicKeys(keys, now), null, 2);
  },
  async rotate({ clock }, folder, { values }) {
    const days = Number(values.days);
    if (!Number.isInteger(days) || days < 0 || days > 90)
      throw new ConfigurationError('--days is from 0 to 90');
    const now = clock();
    const next = await makeKey(now);
    await writePlan(folder, planRotation(await readKeys(folder), next, days * DAY, now));
    return `${next.kid} is announced`;
  },
  async revoke({ clock }, folder, { positionals: [kid = ''] }) {
    const now = clock();
    await writePlan(folder, planRevocation(await readKeys(folder), kid, await makeKey(now), now));
    return `${kid} is out`;
  },
  async check({ clock, print }, folder, { positionals: [entityId = ''], values }) {
    const authority = await (await openPublished(folder))();
    const resolver = authorityResolver(authority, askWorld(values['private-networks']), clock);
    try {
      const chain = await resolver.resolve(entityId);
      const marks = await resolver.marksOf(chain);
      print(`# ${chain.path.join(' < ')}, until ${chain.expiresAt.toISOString()}`);
      for (const { type, issuer } of marks) print(`# marked ${type} by ${issuer}`);
      return JSON.stringify(chain.metadata, null, 2);
    } catch (error) {
      if (!(error instanceof TrustFault)) throw error;
      throw new ConfigurationError(`no chain holds: ${error.message}`);
    }
  },
  async serve({ clock, print, until }, folder, { values }) {
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new ConfigurationError('give a --port');
    const authority = await openPublished(folder);
    const tell = (error: unknown): void =>
      print(`failed: ${error instanceof Error ? error.name : 'unknown'}`);
    const listener = authorityListener(authority, { ask: askWorld(values['private-networks']), clock, tell });
    const serving = await serve(listener, port, values.host);
    print(`${(await authority()).file.entityId} answers on ${values.host}:${serving.port}`);
    await until;
    await serving.stop();
    return 'stopped';
  },
};

async function openPublished(folder: string): ReturnType<typeof openAuthority> {
  try {
    return await openAuthority(folder);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`${publishedFile(folder)} cannot be read; idp authority publish makes it`);
  }
}

async function writePlan(folder: string, plan: KeyPlan<AuthorityKey>): Promise<void> {
  if (!plan.allowed) throw new ConfigurationError(REFUSED[plan.reason]);
  await writeKeys(folder, plan.keys);
}

/**
 * `idp authority …`, see `AUTHORITY_USAGE`: a trust anchor or an intermediate that lives in a folder of its own and
 * needs neither database nor settings.
 * @returns what to print; `serve` when it ends
 * @throws ConfigurationError when something is missing or refused
 */
export async function runAuthorityCommand(
  context: AuthorityContext,
  [name = '', ...args]: string[],
): Promise<string> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    throw new ConfigurationError('authority: init, publish, keys, rotate, revoke, check or serve');
  // a key's id may begin with a hyphen, like an option
  const kid = name === 'revoke' ? args.slice(1, 2) : [];
  const { values, positionals } = parseArgs({
    args: name === 'revoke' ? args.slice(0, 1) : args,
    options: {
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      days: { type: 'string', default: '14' },
      'private-networks': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [folder, ...rest] = [...positionals, ...kid];
  if (folder === undefined) throw new ConfigurationError('name the folder of the authority');
  return command(context, folder, { positionals: rest, values });
}
