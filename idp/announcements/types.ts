import type { ContentState } from '#db/idp/content-tables.ts';

export type AnnouncementKind = 'announcement' | 'event';

/** Draft and archived are said by its editor; the rest follows from the times of publication. */
export type Publication = 'draft' | 'scheduled' | 'published' | 'expired' | 'archived';

export interface PublicationFacts {
  state: ContentState;
  publishFrom: Date;
  publishUntil: Date | undefined;
}

/** Who reads: nobody known, or a signed-in person. */
export interface Reader {
  accountId: string | undefined;
  now: Date;
}

/** One line of the list. English texts are '' when nobody has written them. */
export interface AnnouncementLine {
  id: string;
  kind: AnnouncementKind;
  category: string;
  /** Undefined: the portal itself. */
  subsystemCode: string | undefined;
  title: string;
  titleEn: string;
  /** `yyyy-MM-dd` in Taipei. */
  publishedOn: string;
  sortOrder: number;
  event: { startsAt: Date; endsAt: Date | undefined; place: string; placeEn: string } | undefined;
}

export interface Attachment {
  id: string;
  name: string;
  sizeBytes: number;
}

export interface Announcement extends AnnouncementLine {
  body: string;
  bodyEn: string;
  attachments: Attachment[];
}

export interface AnnouncementFilter {
  kind: AnnouncementKind;
  category?: string;
  /** A subsystem's code, or `portal`. */
  system?: string;
  /** Part of title or text. */
  keyword?: string;
  /** The last line of the page before. */
  olderThan?: Position;
  limit: number;
  /** Whether to say how many match in all. */
  counted?: boolean;
}

/** Where a line stands in the list. */
export interface Position {
  publishedOn: string;
  sortOrder: number;
  id: string;
}
