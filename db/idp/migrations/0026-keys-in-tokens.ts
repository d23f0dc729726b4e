import { type Kysely, sql } from 'kysely';

/** Private signing keys may live in a PKCS #11 token: the row then holds what they are called there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table signing_key alter column private_sealed drop not null;
alter table signing_key add column token_reference text;
`,
    )
    .execute(db);
}
