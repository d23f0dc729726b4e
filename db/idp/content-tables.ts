import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** A day as its text `yyyy-MM-dd`: select it cast to text, because the driver would make a local midnight of it. */
type Day = ColumnType<never, string, string>;

export type ContentState = 'draft' | 'released' | 'archived';

export interface AnnouncementTable {
  id: Generated<string>;
  slug: string;
  kind: 'announcement' | 'event';
  category: string;
  subsystem_code: string | null;
  title: string;
  title_en: string;
  body: string;
  body_en: string;
  state: ContentState;
  publish_from: Timestamp;
  publish_until: Timestamp | null;
  published_on: ColumnType<never, never, never>;
  sort_order: number;
  signed_in_only: boolean;
  audience_subsystems: string[];
  audience_duties: string[];
  audience_menu_roles: string[];
  audience_units: string[];
  event_starts_at: Timestamp | null;
  event_ends_at: Timestamp | null;
  event_place: string;
  event_place_en: string;
  author_account_id: Defaulted<string | null>;
  updated_at: Timestamp;
  version: Defaulted<number>;
}

interface StoredFile {
  name: string;
  media_type: string;
  size_bytes: number;
  sha256: Buffer;
  content: Buffer;
}

export interface AnnouncementAttachmentTable extends StoredFile {
  id: Generated<string>;
  announcement_id: string;
  position: number;
}

export interface HelpEntryTable {
  id: Generated<string>;
  slug: string;
  kind: 'question' | 'guide' | 'link';
  topic: string;
  title: string;
  title_en: string;
  body: string;
  body_en: string;
  url: string | null;
  sort_order: number;
  state: ContentState;
  updated_at: Timestamp;
  author_account_id: Defaulted<string | null>;
  version: Defaulted<number>;
}

export interface DownloadTable extends StoredFile {
  id: Generated<string>;
  slug: string;
  category: string;
  title: string;
  title_en: string;
  published_on: Day;
  sort_order: number;
  signed_in_only: boolean;
  state: ContentState;
  updated_at: Timestamp;
  author_account_id: Defaulted<string | null>;
  version: Defaulted<number>;
}

export interface NoticeTable {
  id: Generated<string>;
  slug: string;
  text: string;
  text_en: string;
  url: string | null;
  starts_at: Timestamp;
  ends_at: Timestamp | null;
  sort_order: number;
  updated_at: Defaulted<Date>;
  author_account_id: Defaulted<string | null>;
  version: Defaulted<number>;
}

export interface MaintenanceWindowTable {
  id: Generated<string>;
  slug: string;
  subsystem_code: string | null;
  mode: 'advice' | 'read_only' | 'closed';
  reason: string;
  reason_en: string;
  starts_at: Timestamp | null;
  weekday: number | null;
  start_time: string | null;
  duration_minutes: number;
  announce_minutes: number;
  valid_from: Timestamp | null;
  valid_until: Timestamp | null;
  cancelled: boolean;
  updated_at: Defaulted<Date>;
  author_account_id: Defaulted<string | null>;
  version: Defaulted<number>;
}

export interface VisitDayTable {
  day: Day;
  visits: number;
}

/** What the portal tells people. */
export interface ContentTables {
  announcement: AnnouncementTable;
  announcement_attachment: AnnouncementAttachmentTable;
  help_entry: HelpEntryTable;
  download: DownloadTable;
  notice: NoticeTable;
  maintenance_window: MaintenanceWindowTable;
  visit_day: VisitDayTable;
}
