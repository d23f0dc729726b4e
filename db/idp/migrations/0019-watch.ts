import { type Kysely, sql } from 'kysely';

/** Watching the console: where from it may be used, unusual use, the half-yearly review of accounts, breaches. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(ADDRESSES).execute(db);
  await sql.raw(ALERTS).execute(db);
  await sql.raw(REVIEWS).execute(db);
  await sql.raw(BREACHES).execute(db);
}

const ADDRESSES = `
-- Networks from which a national role may use the console; a role with none may use it from everywhere.
create table console_network (
  id bigint generated always as identity primary key,
  role text not null check (role in ('hpa_admin', 'platform_ops')),
  network cidr not null,
  note text not null default '',
  added_by uuid references account,
  added_at timestamptz not null default now(),
  unique (role, network)
);
create function announce_console_network() returns trigger language plpgsql as $$
begin
  perform pg_notify('console_network_changed', '');
  return null;
end $$;
create trigger console_network_change after insert or update or delete on console_network
  for each statement execute function announce_console_network();
`;

const ALERTS = `
-- What counts as unusual. Hours are of the day in Taipei; from and to both null: at any hour.
create table alert_rule (
  code text primary key,
  kind text not null check (kind in ('new_address', 'new_device', 'count')),
  enabled boolean not null default true,
  -- of 'count': so many records of these types and outcome by one subject within the window
  types text[] not null default '{}',
  outcome text check (outcome in ('success', 'refused')),
  subject text not null check (subject in ('account', 'ip', 'client')),
  threshold integer not null check (threshold between 1 and 1000000),
  window_minutes integer not null check (window_minutes between 1 and 1440),
  from_hour integer check (from_hour between 0 and 23),
  to_hour integer check (to_hour between 0 and 23),
  evaluated_at timestamptz,
  updated_at timestamptz not null default now(),
  updated_by uuid references account,
  check ((from_hour is null) = (to_hour is null))
);
insert into alert_rule (code, kind, types, outcome, subject, threshold, window_minutes, from_hour, to_hour) values
  ('new_address', 'new_address', '{sign_in.succeeded}', 'success', 'account', 1, 60, null, null),
  ('new_device', 'new_device', '{sign_in.succeeded}', 'success', 'account', 1, 60, null, null),
  ('many_exports', 'count', '{list.exported,data.copied}', 'success', 'account', 10, 60, null, null),
  ('night_queries', 'count', '{list.exported,list.searched,data.copied}', 'success', 'account', 30, 60, 22, 6),
  ('many_refusals', 'count', '{}', 'refused', 'ip', 50, 10, null, null),
  ('many_refusals_account', 'count', '{}', 'refused', 'account', 20, 60, null, null);

create table alert (
  id bigint generated always as identity primary key,
  rule text not null references alert_rule,
  subject text not null,
  -- the day in Taipei: one alert a rule, subject and day
  day date not null,
  account_id uuid references account,
  unit_code text,
  facts jsonb not null default '{}',
  event_at timestamptz not null,
  raised_at timestamptz not null default now(),
  state text not null default 'open' check (state in ('open', 'explained', 'escalated')),
  unique (rule, subject, day)
);
create index alert_raised on alert (raised_at, id);
create index alert_open on alert (raised_at, id) where state = 'open';

create table alert_answer (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert,
  state text not null check (state in ('explained', 'escalated')),
  note text not null,
  answered_by uuid not null references account,
  answered_at timestamptz not null default now()
);
create index alert_answer_of on alert_answer (alert_id, id);
`;

const REVIEWS = `
-- Twice a year every unit's manager says of each account whether it is still needed.
create table account_review (
  period text primary key check (period ~ '^[0-9]{4}H[12]$'),
  opened_at timestamptz not null default now(),
  due_at timestamptz not null,
  closed_at timestamptz
);

create table account_review_item (
  period text not null references account_review,
  account_id uuid not null references account,
  unit_code text not null references unit,
  state text not null default 'open' check (state in ('open', 'needed', 'disabled', 'suspended', 'gone')),
  decided_by uuid references account,
  decided_at timestamptz,
  note text not null default '',
  primary key (period, account_id),
  check ((state = 'open') = (decided_at is null))
);
create index account_review_item_unit on account_review_item (period, unit_code, state);

create table account_review_reminder (
  period text not null references account_review,
  unit_code text not null references unit,
  days_left integer not null,
  sent_at timestamptz not null default now(),
  primary key (period, unit_code, days_left)
);
`;

const BREACHES = `
create table breach (
  id bigint generated always as identity primary key,
  title text not null,
  kind text not null check (kind in ('leak', 'intrusion', 'loss', 'misuse', 'outage', 'other')),
  level integer not null check (level between 1 and 4),
  description text not null,
  unit_code text references unit,
  persons_affected integer check (persons_affected >= 0),
  occurred_at timestamptz,
  known_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  recorded_by uuid not null references account,
  state text not null default 'open' check (state in ('open', 'closed')),
  report text not null default '',
  closed_at timestamptz,
  closed_by uuid references account,
  check ((state = 'closed') = (closed_at is not null))
);
create index breach_known on breach (known_at, id);

-- What must be done by when.
create table breach_step (
  breach_id bigint not null references breach,
  kind text not null check (kind in ('report_incident', 'recover', 'notify_authority', 'notify_persons')),
  due_at timestamptz not null,
  done_at timestamptz,
  done_by uuid references account,
  note text not null default '',
  told_overdue_at timestamptz,
  primary key (breach_id, kind),
  check ((done_at is null) = (done_by is null))
);
create index breach_step_due on breach_step (due_at) where done_at is null;

create table breach_note (
  id bigint generated always as identity primary key,
  breach_id bigint not null references breach,
  note text not null,
  written_by uuid not null references account,
  written_at timestamptz not null default now()
);
create index breach_note_of on breach_note (breach_id, id);
`;
