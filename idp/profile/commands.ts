import { parseArgs } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { findAccountByLoginName } from '../accounts/index.ts';
import { confirmNationalId } from './service/confirm-national-id.ts';

/** `LOGIN --reason TEXT [--by LOGIN]`: in the name of a manager, or of the operator. @throws ConfigurationError */
export async function runNationalIdConfirmation(db: Db, args: string[]): Promise<string> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { reason: text, by: text },
    allowPositionals: true,
  });
  const [loginName] = positionals;
  if (loginName === undefined || !values.reason) throw new ConfigurationError('name one and give a --reason');
  const account = await find(db, loginName);
  const by = values.by === undefined ? undefined : { accountId: (await find(db, values.by)).id };
  const problem = await confirmNationalId(db, account.id, { reason: values.reason }, by);
  if (problem) throw new ConfigurationError(`the ID number of ${loginName} was not confirmed: ${problem}`);
  return `the ID number of ${loginName} is confirmed`;
}

async function find(db: Db, loginName: string): Promise<{ id: string }> {
  const account = await findAccountByLoginName(db, loginName);
  if (account?.status !== 'active') throw new ConfigurationError(`there is no active account ${loginName}`);
  return account;
}
