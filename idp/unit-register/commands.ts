import { createReadStream } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { findAccountByLoginName } from '../accounts/index.ts';
import type { RegisterDeps } from './deps.ts';
import { advanceImport } from './service/advance.ts';
import { startApplication } from './service/decide.ts';
import { receiveRegister } from './service/receive.ts';
import { findImport } from './store/imports.ts';
import type { UnitImport } from './types.ts';

export const REGISTER_USAGE = `  units import FILE --by LOGIN               read and check a register file; nothing is changed yet
  units apply ID --by LOGIN --reason TEXT    apply what was checked
  units continue ID                          work on an import until it waits for nobody but people
`;

/** The commands by their names. */
export const REGISTER_COMMANDS: Record<string, (deps: RegisterDeps, args: string[]) => Promise<string>> = {
  'units import': runImport,
  'units apply': runApplication,
  'units continue': async (deps, [id = '']) => advance(deps, (await known(deps, id)).id),
};

async function runImport(deps: RegisterDeps, args: string[]): Promise<string> {
  const { subject, by } = readArguments(args);
  const accountId = await administrator(deps, by);
  const file = {
    name: path.basename(subject),
    bytes: createReadStream(subject) as AsyncIterable<Buffer>,
    isCut: () => false,
  };
  const received = await receiveRegister(deps, { accountId }, file);
  if (!received.taken) {
    throw new ConfigurationError(
      received.reason === 'under_way'
        ? `another import is under way: ${received.by?.id ?? ''}`
        : `${subject} cannot be read: ${received.why}`,
    );
  }
  return advance(deps, received.id);
}

async function runApplication(deps: RegisterDeps, args: string[]): Promise<string> {
  const { subject, by, reason } = readArguments(args);
  const accountId = await administrator(deps, by);
  const outcome = await startApplication(
    deps,
    { accountId },
    { id: (await known(deps, subject)).id, reason },
  );
  if (!outcome.done) throw new ConfigurationError(`not applied: ${outcome.reason}`);
  return advance(deps, subject);
}

/** Works beside the replicas until nothing is left to do for this import. */
async function advance(deps: RegisterDeps, id: string): Promise<string> {
  for (;;) {
    const found = await known(deps, id);
    if (found.status !== 'checking' && found.status !== 'applying') return describe(found);
    await advanceImport(deps);
  }
}

async function known({ db }: RegisterDeps, id: string): Promise<UnitImport> {
  const found = /^[0-9a-f-]{36}$/.test(id) ? await findImport(db, id) : undefined;
  if (!found) throw new ConfigurationError(`there is no import ${id}`);
  return found;
}

async function administrator({ db }: RegisterDeps, loginName: string): Promise<string> {
  const account = await findAccountByLoginName(db, loginName);
  if (account?.status !== 'active' || account.role !== 'hpa_admin') {
    throw new ConfigurationError(`${loginName} is no administrator of the agency`);
  }
  return account.id;
}

function describe({ id, status, rowCount, counts, failure }: UnitImport): string {
  const numbers = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  return `${id}: ${status}${failure === null ? '' : ` (${failure})`}, ${rowCount} rows: ${numbers.join(', ')}`;
}

function readArguments(args: string[]): { subject: string; by: string; reason: string } {
  const text = { type: 'string', default: '' } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { by: text, reason: text },
    allowPositionals: true,
  });
  const [subject] = positionals;
  if (subject === undefined || values.by === '') throw new ConfigurationError('name one and give --by LOGIN');
  return { subject, by: values.by, reason: values.reason };
}
