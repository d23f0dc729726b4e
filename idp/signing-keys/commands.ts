import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { describeKeys, describePlan, describeRetirement, describeRevocation } from './describe.ts';
import { readForeignKey } from './read-key.ts';
import { ALGORITHMS, type SigningKeyDeps } from './service.ts';
import { importKey, previewImport } from './service/import.ts';
import { previewRetirement, retireKey } from './service/retire.ts';
import { previewRevocation, revokeKey } from './service/revoke.ts';
import { previewRotation, rotateKeys } from './service/rotate.ts';
import { listKeyHistory, listPublishedKeys } from './store.ts';
import { listWaits } from './waits.ts';
import type { KeySchedule, SigningAlgorithm } from './types.ts';

export const KEY_USAGE = `  keys list                      every signing key, its state, and who has not fetched the next one
  keys rotate --reason TEXT [--alg ALG] [--dry-run]   announce a successor; ALG: ES256, RS256, PS256, EdDSA
  keys revoke KID --reason TEXT [--dry-run]     a key that may have leaked: out of use at once
  keys retire KID --reason TEXT [--dry-run]     end a key's publication early, when nothing depends on it
  keys import FILE|- --reason TEXT [--dry-run]  announce a private key of yours (PEM or JWK; - reads standard input)
  keys export-public [--pem]     the published keys as a JWKS, or in PEM
`;

type Deps = SigningKeyDeps & { issuer: string };

interface Given {
  /** What the deed is done to. */
  subject: string;
  reason: string;
  isDry: boolean;
  alg: SigningAlgorithm | undefined;
  pem: boolean;
}

type Command = (deps: Deps, schedule: KeySchedule, given: Given) => Promise<string>;

const DEEDS: Record<string, Command> = {
  async rotate(deps, schedule, { alg, reason, isDry }) {
    const wish = { ask: true, alg };
    const plan = isDry
      ? await previewRotation(deps, schedule, wish)
      : await rotateKeys(deps, schedule, { ...wish, reason });
    return describePlan(plan, isDry, await listWaits(deps));
  },
  async revoke(deps, schedule, { subject, reason, isDry }) {
    const plan = isDry
      ? await previewRevocation(deps, schedule, subject)
      : await revokeKey(deps, schedule, subject, { reason });
    if (!plan) throw new ConfigurationError(`there is no key ${subject} in use`);
    return describeRevocation(subject, plan, isDry);
  },
  async retire(deps, schedule, { subject, reason, isDry }) {
    const decision = isDry
      ? await previewRetirement(deps, schedule, subject)
      : await retireKey(deps, schedule, subject, { reason });
    return describeRetirement(subject, decision, isDry);
  },
  async import(deps, schedule, { subject, reason, isDry }) {
    const key = await readForeignKey(await readSecretly(subject));
    const plan = isDry
      ? await previewImport(deps, schedule, key)
      : await importKey(deps, schedule, key, { reason });
    return `${key.kid}\n${describePlan(plan, isDry, await listWaits(deps))}`;
  },
};

const LOOKS: Record<string, Command> = {
  async list(deps, schedule) {
    const rows = await listKeyHistory(deps.db);
    return describeKeys(rows, await listWaits(deps), schedule, deps.clock());
  },
  async 'export-public'(deps, _schedule, { pem }) {
    const keys = await listPublishedKeys(deps.db, deps.clock());
    if (!pem) return JSON.stringify({ keys }, null, 2);
    const blocks = keys.map((jwk) => {
      const block = createPublicKey({ key: jwk, format: 'jwk' }).export({
        type: 'spki',
        format: 'pem',
      });
      return `# ${jwk.kid} ${jwk.alg}\n${block.toString().trim()}`;
    });
    return blocks.join('\n');
  },
};

/**
 * Operators' commands on signing keys, see `KEY_USAGE`.
 * @returns what to print
 * @throws ConfigurationError when the command or an argument is missing, or the deed is refused
 */
export async function runKeyCommand(
  deps: Deps,
  schedule: KeySchedule,
  [name = '', ...args]: string[],
): Promise<string> {
  const deed = DEEDS[name];
  const look = LOOKS[name];
  const given = readArguments(args);
  if (look) return look(deps, schedule, given);
  if (!deed) throw new ConfigurationError('keys: list, rotate, revoke, retire, import or export-public');
  if (name !== 'rotate' && given.subject === '') {
    throw new ConfigurationError(name === 'import' ? 'name a file, or - for standard input' : 'name a key');
  }
  if (!given.isDry && given.reason === '') throw new ConfigurationError('give a --reason');
  return deed(deps, schedule, given);
}

/** A key's id, as RFC 7638 makes it: one in 64 begins with a hyphen, like an option. */
const KEY_ID = /^[\w-]{43}$/;

function readArguments(args: string[]): Given {
  const [first = '', ...rest] = args;
  const kid = KEY_ID.test(first) ? first : undefined;
  const { values, positionals } = parseArgs({
    args: kid === undefined ? args : rest,
    options: {
      reason: { type: 'string', default: '' },
      'dry-run': { type: 'boolean', default: false },
      alg: { type: 'string' },
      pem: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const alg = ALGORITHMS.find((known) => known === values.alg);
  if (values.alg !== undefined && !alg) {
    throw new ConfigurationError(`--alg is one of ${ALGORITHMS.join(', ')}`);
  }
  const [subject = kid ?? ''] = positionals;
  return { subject, alg, reason: values.reason.trim(), isDry: values['dry-run'], pem: values.pem };
}

/** A private key never is an argument, which every process on the machine could read. */
async function readSecretly(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new ConfigurationError(`${file} cannot be read`);
  }
}
