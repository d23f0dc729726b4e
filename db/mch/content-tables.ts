import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface ContentTable {
  id: string;
  type: 'announcement' | 'event' | 'question' | 'guide' | 'download' | 'link';
  category: string;
  title: string;
  title_en: string;
  body: string;
  body_en: string;
  url: string | null;
  event_starts_at: Timestamp | null;
  event_ends_at: Timestamp | null;
  event_place: string;
  event_place_en: string;
  state: 'draft' | 'released' | 'archived';
  publish_from: Timestamp;
  publish_until: Timestamp | null;
  published_on: ColumnType<string, never, never>;
  sort_order: number;
  in_marquee: boolean;
  audience_duties: string[];
  audience_menu_roles: string[];
  audience_unit_kinds: string[];
  audience_units: string[];
  author_account: string;
  author_name: string;
  version: Defaulted<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface ContentFileTable {
  id: Generated<string>;
  content_id: string;
  position: number;
  name: string;
  media_type: string;
  size: number;
  sha256: Buffer;
  content: Buffer;
}

export interface ContentVersionTable {
  id: Generated<string>;
  at: ColumnType<Date, never, never>;
  content_id: string;
  deed: string;
  account_id: string;
  /** The row of `content` without its author's name. */
  entry: ColumnType<Record<string, unknown>, never, never>;
  files: ColumnType<{ name: string; sha256: string }[], never, never>;
}

export interface ContentSeenTable {
  account_id: string;
  seen_at: Timestamp;
}

/** What the system tells its people. */
export interface ContentTables {
  content: ContentTable;
  content_file: ContentFileTable;
  content_seen: ContentSeenTable;
  content_version: ContentVersionTable;
}
