/** What the portal tells people: notices, announcements, help. */
import type { Block } from '#kit/plain-text.ts';

/** Editors' words; `lang` is set when they are not in the page's language. */
export interface WrittenText {
  text: string;
  lang: string;
}

export interface WrittenBody {
  blocks: Block[];
  lang: string;
}

/** What stands above a page. */
export interface PageNotices {
  /** `url` '' when it leads nowhere. */
  lines: (WrittenText & { url: string })[];
  windows: { isRunning: boolean; text: string; effect: string; reason: WrittenText }[];
  /** The reader's password ends in so many days; `url` is where to change it. */
  password?: { days: number; url: string };
  /** Somebody acts as an account of the reader's: `action` ends it. */
  helper?: { name: string; system: string; until: Date; action: string };
}

/** An announcement or event in a list. */
export interface ContentLine {
  url: string;
  headline: WrittenText;
  category: string;
  system: string;
  /** `yyyy-MM-dd` */
  publishedOn: string;
  event?: { startsAt: Date; endsAt: Date | null; place: WrittenText };
}

interface Choice {
  value: string;
  label: string;
  selected: boolean;
}

export interface ContentViews {
  'idp/announcements': {
    kind: 'announcement' | 'event';
    url: string;
    keyword: string;
    /** Whether anything of the form is set. */
    filtered: boolean;
    categories: Choice[];
    systems: Choice[];
    total: number;
    lines: ContentLine[];
    /** '' on the first page. */
    firstUrl: string;
    /** '' on the last page. */
    olderUrl: string;
  };
  'idp/announcement': ContentLine & {
    kind: 'announcement' | 'event';
    listUrl: string;
    body: WrittenBody;
    attachments: { name: string; sizeBytes: number; url: string }[];
  };
  'idp/help-entries': {
    kind: 'question' | 'guide' | 'link';
    topics: {
      id: string;
      label: string;
      /** `url` '' when it is no link. */
      entries: { id: string; title: WrittenText; body: WrittenBody; url: string }[];
    }[];
  };
  'idp/downloads': {
    signInUrl: string;
    files: {
      title: WrittenText;
      category: string;
      name: string;
      /** Its ending, such as `PDF`. */
      kind: string;
      sizeBytes: number;
      publishedOn: string;
      /** '' for a file that needs signing in first. */
      url: string;
    }[];
  };
  'idp/text-page': {
    title: string;
    lead: string;
    sections: { id: string; title: string; blocks: Block[] }[];
  };
  'idp/site-map': { groups: { key: string; places: { key: string; url: string }[] }[] };
  'idp/closed': {
    endsAt: Date;
    reason: WrittenText;
    /** '' when nobody is signed in. */
    signOutUrl: string;
  };
}
