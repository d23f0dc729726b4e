import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';

/** @throws ConfigurationError when the database has an account that is not the demo's */
export async function requireNoPeople(db: Db): Promise<void> {
  const person = await db
    .selectFrom('account')
    .select('id')
    .where('login_name', 'not like', 'demo.%')
    .limit(1)
    .executeTakeFirst();
  if (person) {
    throw new ConfigurationError('IDP_CERTIFICATION is refused: this database has people in it.');
  }
}
