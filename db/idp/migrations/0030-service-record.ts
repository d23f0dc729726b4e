import { type Kysely, sql } from 'kysely';

/** What the processes noted of the service, by minute and, kept longer, by day in Taipei. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TABLES).execute(db);
}

const TABLES = `
-- how many processes saw it how
create table service_minute (
  minute timestamptz not null,
  component text not null check (component in ('sign_in', 'switching', 'mail', 'logout')),
  working integer not null default 0,
  degraded integer not null default 0,
  down integer not null default 0,
  maintenance integer not null default 0,
  primary key (minute, component)
);

-- how many minutes of the day it was how
create table service_day (
  day date not null,
  component text not null check (component in ('sign_in', 'switching', 'mail', 'logout')),
  working integer not null default 0,
  degraded integer not null default 0,
  down integer not null default 0,
  maintenance integer not null default 0,
  primary key (day, component)
);

-- few rows: mails given up are counted by the metrics
create index mail_message_dead on mail_message (id) where dead_at is not null;
`;
