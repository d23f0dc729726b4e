import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface PreferenceTable {
  sub: string;
  wide_window: boolean;
  updated_at: Timestamp;
}

export interface FavouriteTable {
  account_id: string;
  path: string;
  added_at: Timestamp;
}

export interface InboxMessageTable {
  id: Generated<number>;
  dedupe_key: string;
  account_id: string;
  subject: string;
  subject_en: string;
  body: string;
  body_en: string;
  path: string;
  received_at: Timestamp;
  read_at: Timestamp | null;
}

export interface KnownAccountTable {
  account_id: string;
  sub: string;
  unit_code: string;
  unit_name: string;
  unit_kind: string;
  unit_county: string;
  unit_town: string;
  role: string;
  duty: string;
  menu_roles: string[];
  seen_at: Timestamp;
  digested_on: ColumnType<string | null, string | null | undefined, string | null>;
  count_due_at: Timestamp | null;
  told: ColumnType<string, string | undefined, string>;
  told_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface MailOptInTable {
  account_id: string;
  menu_role: string;
  opted_at: Timestamp;
}

/** What people keep for themselves. */
export interface DeskTables {
  preference: PreferenceTable;
  favourite: FavouriteTable;
  inbox_message: InboxMessageTable;
  known_account: KnownAccountTable;
  mail_opt_in: MailOptInTable;
}
