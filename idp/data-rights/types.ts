import type { DataRequestTable } from '#db/idp/life-tables.ts';

export type RequestKind = DataRequestTable['kind'];
export type RefusalGround = 'national_interest' | 'official_duty' | 'major_interest' | 'other_law';

/** A person's request about their own data. */
export interface DataRequest {
  id: string;
  accountId: string;
  kind: RequestKind;
  /** What is asked, in the person's words. */
  wish: string;
  status: 'open' | 'granted' | 'refused' | 'withdrawn';
  requestedAt: Date;
  /** The day by which the law wants it decided. */
  dueAt: Date;
  /** Why it takes longer; null when it was not extended. */
  extendedBecause: string | null;
  endedAt: Date | null;
  refusalGround: RefusalGround | null;
  /** When what was granted was done; null before, and where nothing is to be done. */
  carriedOutAt: Date | null;
  /** What the decision says. */
  note: string;
}

export type Answer =
  { granted: true; note: string } | { granted: false; ground: RefusalGround; note: string };
