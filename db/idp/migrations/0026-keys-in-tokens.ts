import { type Kysely, sql } from 'kysely';

/** Private signing keys may live in a PKCS #11 token: the row then holds what they are called there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table signing_key alter column private_sealed drop not null;
alter table signing_key add column token_reference text;
alter table signing_key add constraint signing_key_kept_once
  check ((private_sealed is null) <> (token_reference is null)) not valid;
alter table signing_key validate constraint signing_key_kept_once;
`,
    )
    .execute(db);
}
