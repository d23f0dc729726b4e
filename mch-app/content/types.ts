import type { ContentTable } from '#db/mch/content-tables.ts';
import type { RawDraft } from '#kit/typed-fields.ts';

export type ContentType = ContentTable['type'];
export type ContentState = ContentTable['state'];

/** Draft and archived are said by its editor; the rest follows from the times of publication. */
export type Publication = 'draft' | 'scheduled' | 'published' | 'expired' | 'archived';

/** One type of content: its place in the menu, its categories, how its list stands. */
export interface ContentKind {
  type: ContentType;
  /** Its place in the menu. */
  place: string;
  categories: readonly string[];
  /** Newest first, or as its editors put it in order. */
  order: 'newest' | 'ordered';
  /** Entries are read in the list itself, or each on a page. */
  isReadInList: boolean;
}

/** Who reads: what of the account decides over what it is told. */
export interface Reader {
  accountId: string;
  duty: string;
  menuRoles: readonly string[];
  unitCode: string;
  unitKind: string;
  now: Date;
}

export interface FileLine {
  id: string;
  name: string;
  size: number;
}

/** One entry as its readers see it. English texts are '' when nobody has written them. */
export interface Content {
  id: string;
  type: ContentType;
  category: string;
  title: string;
  titleEn: string;
  body: string;
  bodyEn: string;
  url: string | null;
  /** `yyyy-MM-dd` in Taipei. */
  publishedOn: string;
  event: { startsAt: Date; endsAt: Date | null; place: string; placeEn: string } | undefined;
  files: FileLine[];
}

/** A line of the first page. */
export interface NewsLine {
  id: string;
  category: string;
  title: string;
  titleEn: string;
  publishedOn: string;
  /** Published since the account last looked at the list. */
  isNew: boolean;
}

/** What the first page tells. */
export interface News {
  lines: NewsLine[];
  marquee: NewsLine[];
}

export interface ContentFilter {
  kind: ContentKind;
  category: string | undefined;
  keyword: string | undefined;
  after: { value: string; id: string } | undefined;
  limit: number;
}

/** One entry as its editors see it. */
export interface Entry {
  id: string;
  type: ContentType;
  state: ContentState;
  publishFrom: Date;
  publishUntil: Date | undefined;
  version: number;
  authorAccount: string;
  authorName: string;
  draft: RawDraft;
  files: FileLine[];
}

/** A line of the editors' list. */
export interface EntryLine {
  id: string;
  position: string;
  type: ContentType;
  title: string;
  titleEn: string;
  state: ContentState;
  publishFrom: Date;
  publishUntil: Date | undefined;
  authorAccount: string;
  authorName: string;
  order: number;
}

/** Who edits. */
export interface Editor {
  sub: string;
  accountId: string;
  personName: string;
  /** Edits what anybody wrote. */
  isNational: boolean;
}

/** What an editor does to an entry. */
export type Deed = 'save' | 'publish' | 'withdraw' | 'remove';
export type Refusal = 'not_author' | 'not_published' | 'published' | 'no_file';

export interface ContentFault {
  path: string;
  /** The ending of a locale key. */
  fault: string;
}
