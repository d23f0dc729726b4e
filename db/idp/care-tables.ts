export interface AnnouncementSeenTable {
  account_id: string;
  seen_at: Date;
}

export interface KeptPageTable {
  account_id: string;
  content_sealed: Buffer;
  expires_at: Date;
}

export interface CareTables {
  announcement_seen: AnnouncementSeenTable;
  kept_page: KeptPageTable;
}
