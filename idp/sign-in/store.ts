import type { Db } from '#db/idp/tables.ts';
import { ACCOUNT_COLUMNS } from '../accounts/index.ts';
import type { Person } from './types.ts';

/** One person with their credentials' state, by account id or by normalised login name, in one round trip. */
export async function findPerson(
  db: Db,
  by: { id: string } | { loginName: string },
): Promise<Person | undefined> {
  const query = db
    .selectFrom('account')
    .leftJoin('password_credential as password', 'password.account_id', 'account.id')
    .leftJoin('totp_credential as totp', 'totp.account_id', 'account.id')
    .select(ACCOUNT_COLUMNS)
    .select([
      'password.hash as passwordHash',
      'password.changed_at as passwordChangedAt',
      'password.must_change as mustChangePassword',
    ])
    .select((row) => [
      row('totp.account_id', 'is not', null).as('hasTotp'),
      row
        .exists(
          row.selectFrom('passkey').select('passkey.id').whereRef('passkey.account_id', '=', 'account.id'),
        )
        .as('hasPasskey'),
      row
        .exists(
          row
            .selectFrom('person_card')
            .select('person_card.id')
            .whereRef('person_card.account_id', '=', 'account.id'),
        )
        .as('hasCard'),
    ]);
  const found =
    'id' in by ? query.where('account.id', '=', by.id) : query.where('account.login_name', '=', by.loginName);
  const row = await found.executeTakeFirst();
  if (!row) return undefined;
  const { hasTotp, hasPasskey, hasCard } = row;
  return { ...row, hasTotp: Boolean(hasTotp), hasPasskey: Boolean(hasPasskey), hasCard: Boolean(hasCard) };
}
