import { type Kysely, sql } from 'kysely';

/** What providers said is over, kept for as long as a sign-in that rests on it may still be under way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(LOGOUTS).execute(db);
  await sql.raw(OVER).execute(db);
}

const LOGOUTS = `
create table upstream_logout (
  id uuid primary key default gen_random_uuid(),
  issuer text not null,
  subject text,
  sid text,
  -- by the provider's clock, and by ours
  said_at timestamptz not null,
  received_at timestamptz not null,
  expires_at timestamptz not null,
  check (subject is not null or sid is not null)
);
create index upstream_logout_subject on upstream_logout (issuer, subject);
create index upstream_logout_sid on upstream_logout (issuer, sid);
create index upstream_logout_expiry on upstream_logout (expires_at);
`;

// Volatile and no plain SQL: it sees what was committed while the statement that asks waited for the provider's row.
const OVER = `
create function upstream_over(at_issuer text, of_subject text, told_sid text, signed_in_at timestamptz, left_at timestamptz)
returns boolean language plpgsql volatile as $$
begin
  return exists (
    select 1 from upstream_logout o
    where o.issuer = at_issuer
      and (o.subject = of_subject or o.subject is null and o.sid = told_sid)
      and (o.sid is null or told_sid is null or o.sid = told_sid)
      and (o.said_at > signed_in_at or o.said_at = signed_in_at and o.received_at >= left_at));
end $$;
`;
