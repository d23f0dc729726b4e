import { type Kysely, sql } from 'kysely';

/** What the portal tells people: announcements and events, help, downloads, notices, maintenance, visits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table announcement (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  kind text not null check (kind in ('announcement', 'event')),
  category text not null,
  subsystem_code text references subsystem,
  title text not null check (char_length(title) between 1 and 200),
  title_en text not null default '',
  body text not null,
  body_en text not null default '',
  state text not null check (state in ('draft', 'released', 'archived')),
  publish_from timestamptz not null,
  publish_until timestamptz check (publish_until > publish_from),
  published_on date not null generated always as ((publish_from at time zone 'Asia/Taipei')::date) stored,
  sort_order integer not null default 0,
  signed_in_only boolean not null default false,
  audience_subsystems text[] not null default '{}',
  audience_duties text[] not null default '{}',
  audience_menu_roles text[] not null default '{}',
  audience_units text[] not null default '{}',
  event_starts_at timestamptz,
  event_ends_at timestamptz check (event_ends_at > event_starts_at),
  event_place text not null default '',
  event_place_en text not null default '',
  author_account_id uuid references account,
  updated_at timestamptz not null default now(),
  check ((kind = 'event') = (event_starts_at is not null)),
  -- who is named by what they may do must have signed in first
  check (signed_in_only or cardinality(audience_subsystems || audience_duties || audience_menu_roles || audience_units) = 0)
);
create index announcement_newest on announcement (kind, published_on desc, sort_order desc, id desc)
  where state = 'released';

create table announcement_attachment (
  id uuid primary key default gen_random_uuid(),
  announcement_id uuid not null references announcement on delete cascade,
  position smallint not null,
  name text not null check (char_length(name) between 1 and 150),
  media_type text not null,
  size_bytes integer not null check (size_bytes between 1 and 20971520),
  sha256 bytea not null check (octet_length(sha256) = 32),
  content bytea not null,
  unique (announcement_id, position)
);

create table help_entry (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  kind text not null check (kind in ('question', 'guide', 'link')),
  topic text not null,
  title text not null check (char_length(title) between 1 and 200),
  title_en text not null default '',
  body text not null,
  body_en text not null default '',
  url text check (url ~ '^https://'),
  sort_order integer not null default 0,
  state text not null check (state in ('draft', 'released', 'archived')),
  updated_at timestamptz not null default now(),
  check ((kind = 'link') = (url is not null))
);
create index help_entry_shown on help_entry (kind, topic, sort_order) where state = 'released';

create table download (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  category text not null,
  title text not null check (char_length(title) between 1 and 200),
  title_en text not null default '',
  name text not null check (char_length(name) between 1 and 150),
  media_type text not null,
  size_bytes integer not null check (size_bytes between 1 and 20971520),
  sha256 bytea not null check (octet_length(sha256) = 32),
  content bytea not null,
  published_on date not null,
  sort_order integer not null default 0,
  signed_in_only boolean not null default false,
  state text not null check (state in ('draft', 'released', 'archived')),
  updated_at timestamptz not null default now()
);

create table notice (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  text text not null check (char_length(text) between 1 and 200),
  text_en text not null default '',
  url text check (url ~ '^(https://|/[^/])'),
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at > starts_at),
  sort_order integer not null default 0
);

-- Once, from a moment; or every week on a day (0 is Sunday) at a time of day in Taipei.
create table maintenance_window (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  subsystem_code text references subsystem,
  mode text not null check (mode in ('advice', 'read_only', 'closed')),
  reason text not null default '',
  reason_en text not null default '',
  starts_at timestamptz,
  weekday smallint check (weekday between 0 and 6),
  start_time text check (start_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  duration_minutes integer not null check (duration_minutes between 1 and 10080),
  announce_minutes integer not null default 1440 check (announce_minutes between 0 and 43200),
  valid_from timestamptz,
  valid_until timestamptz,
  cancelled boolean not null default false,
  check ((starts_at is null) = (weekday is not null) and (weekday is null) = (start_time is null))
);

create function announce_service_status_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('service_status_changed', '');
  return null;
end $$;
create trigger notice_change after insert or update or delete on notice
  for each statement execute function announce_service_status_change();
create trigger maintenance_window_change after insert or update or delete on maintenance_window
  for each statement execute function announce_service_status_change();

create table visit_day (
  day date primary key,
  visits bigint not null check (visits >= 0)
);
`,
    )
    .execute(db);
}
