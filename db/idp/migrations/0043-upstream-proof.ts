import { type Kysely, sql } from 'kysely';

/** Somebody whom a provider vouched for and who has no account yet may ask for one with that proof. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(PROOF).execute(db);
}

const PROOF = `
create table upstream_proof (
  id uuid primary key,
  browser_digest bytea not null,
  provider_code text not null references upstream_provider,
  -- the application it was taken up for; before that, one a browser
  enrollment_id uuid unique references enrollment on delete cascade,
  content_sealed bytea not null,
  -- null once the application was sent with it
  expires_at timestamptz
);
create unique index upstream_proof_browser on upstream_proof (browser_digest) where enrollment_id is null;
create index upstream_proof_expiry on upstream_proof (expires_at);
`;
