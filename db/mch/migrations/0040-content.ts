import { type Kysely, sql } from 'kysely';

/** What the system tells its people: announcements, events, questions, the guide, downloads and links. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table content (
  -- chosen by the form: sent twice it is one entry
  id uuid primary key,
  type text not null check (type in ('announcement', 'event', 'question', 'guide', 'download', 'link')),
  category text not null check (category ~ '^[a-z-]{1,40}$'),
  title text not null check (char_length(title) between 1 and 200),
  title_en text not null default '',
  body text not null,
  body_en text not null default '',
  url text check (url ~ '^https://'),
  event_starts_at timestamptz,
  event_ends_at timestamptz check (event_ends_at > event_starts_at),
  event_place text not null default '',
  event_place_en text not null default '',
  state text not null check (state in ('draft', 'released', 'archived')),
  publish_from timestamptz not null,
  publish_until timestamptz check (publish_until > publish_from),
  published_on date not null generated always as ((publish_from at time zone 'Asia/Taipei')::date) stored,
  sort_order integer not null default 0,
  in_marquee boolean not null default false,
  audience_duties text[] not null default '{}',
  audience_menu_roles text[] not null default '{}',
  audience_unit_kinds text[] not null default '{}',
  audience_units text[] not null default '{}',
  author_account text not null,
  author_name text not null,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((type = 'event') = (event_starts_at is not null)),
  check ((type = 'link') = (url is not null)),
  check (type = 'announcement' or not in_marquee)
);
create index content_newest on content (type, published_on desc, sort_order desc, id desc) where state = 'released';
create index content_ordered on content (type, sort_order desc, published_on desc, id desc) where state = 'released';
create index content_edited on content (publish_from, id);

create table content_file (
  id uuid primary key default gen_random_uuid(),
  content_id uuid not null references content on delete cascade,
  position smallint not null,
  name text not null check (char_length(name) between 1 and 150),
  media_type text not null,
  size integer not null check (size between 1 and 20971520),
  sha256 bytea not null check (octet_length(sha256) = 32),
  content bytea not null,
  unique (content_id, position)
);

-- a file is sent in slices, which are found in bytes that are not compressed
alter table content_file alter column content set storage external;

-- what each deed left, or took away; no reference: it outlives its entry
create table content_version (
  id bigint primary key generated always as identity,
  at timestamptz not null default now(),
  content_id uuid not null,
  deed text not null,
  account_id text not null,
  entry jsonb not null,
  files jsonb not null
);
create index content_version_entry on content_version (content_id, id);
create index content_version_age on content_version (at);
create function refuse_content_version_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.at <= now() - interval '6 months' then
    return old;
  end if;
  raise exception 'content_version is insert-only' using errcode = '42501';
end $$;
create trigger content_version_is_insert_only before update or truncate on content_version
  for each statement execute function refuse_content_version_change();
create trigger content_version_is_kept before delete on content_version
  for each row execute function refuse_content_version_change();

create table content_seen (
  account_id text primary key,
  seen_at timestamptz not null
);
`,
    )
    .execute(db);
}
