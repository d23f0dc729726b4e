/** What the MCH system tells its people: lists, one entry, and the editors' form. */
import type { Block } from '#kit/plain-text.ts';
import type { Change, HistoryLine, Tone } from './console.ts';
import type { WrittenBody, WrittenText } from './content.ts';
import type { FieldError } from '../views.ts';
import type { OfficeChoice } from './office.ts';
import type { AreaFrame } from './records.ts';

/** A line of news on the first page. */
export interface MchNewsLine {
  url: string;
  headline: WrittenText;
  category: string;
  /** `yyyy-MM-dd` */
  publishedOn: string;
  isNew: boolean;
}

export interface MchContentFile {
  name: string;
  size: number;
  url: string;
}

/** One entry, in a list or on its page. */
export interface MchContentEntry {
  id: string;
  url: string;
  headline: WrittenText;
  category: string;
  publishedOn: string;
  event?: { startsAt: Date; endsAt: Date | null; place: WrittenText };
  body: WrittenBody;
  /** '' when it leads nowhere else. */
  link: string;
  files: MchContentFile[];
}

interface Acting {
  acting: string;
  generation: number;
}

type ContentType = 'announcement' | 'event' | 'question' | 'guide' | 'download' | 'link';

export interface MchContentViews {
  'mch-app/content-list': AreaFrame & {
    kind: ContentType;
    keyword: string;
    categories: OfficeChoice[];
    /** Whether anything of the form is set. */
    isNarrowed: boolean;
    total: number;
    lines: MchContentEntry[];
    /** '' on the first page. */
    firstUrl: string;
    /** '' on the last page. */
    nextUrl: string;
  };
  'mch-app/content': AreaFrame & MchContentEntry & { kind: ContentType; listUrl: string };
  'mch-app/content-form': AreaFrame &
    Acting & {
      heading: string;
      /** '' for a new one. */
      stateKey: string;
      tone: Tone;
      author: string;
      doneKey: string;
      action: string;
      previewAction: string;
      backUrl: string;
      id: string;
      version: string;
      isReleased: boolean;
      fields: {
        name: string;
        key: string;
        hintKey: string;
        kind: string;
        value: string;
        required: boolean;
        max: number;
        options: OfficeChoice[];
      }[];
      errors: FieldError[];
      isConflict: boolean;
      conflict: Change[];
      preview: { lang: string; title: string; blocks: Block[] }[];
      withdrawUrl: string;
      removeUrl: string;
      files: (MchContentFile & { removeAction: string })[];
      /** '' while there is nothing to attach to. */
      attachAction: string;
      fileErrorKey: string;
      /** What became of the entry, the newest first. */
      history: HistoryLine[];
    };
  'mch-app/content-confirm': AreaFrame &
    Acting & {
      /** Texts: `<area>.title`, `.lead`, `.confirm`. */
      area: string;
      headline: string;
      /** '' when it cannot be done. */
      action: string;
      version: string;
      backUrl: string;
    };
}
