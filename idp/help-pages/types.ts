/** A question with its answer, a step of the guide, or a link elsewhere. English texts are '' when unwritten. */
export interface HelpEntry {
  slug: string;
  topic: string;
  title: string;
  titleEn: string;
  body: string;
  bodyEn: string;
  url: string | undefined;
}

export type HelpKind = 'question' | 'guide' | 'link';

/** A file of the download page, without its bytes. */
export interface Download {
  id: string;
  category: string;
  title: string;
  titleEn: string;
  name: string;
  sizeBytes: number;
  /** `yyyy-MM-dd` */
  publishedOn: string;
  signedInOnly: boolean;
}

/** A place of the portal, as the site map lists it; `key` is a locale key. */
export interface Place {
  key: string;
  url: string;
}
