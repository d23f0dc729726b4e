import type { ChangeCategory, ChangeDecision, ChangeReviewer } from '#db/mch/request-tables.ts';

export type { ChangeCategory, ChangeDecision, ChangeReviewer } from '#db/mch/request-tables.ts';

/** Somebody who asks or decides here. */
export interface Party {
  sub: string;
  accountId: string;
  personName: string;
  role: string;
  duty: string;
  menuRoles: readonly string[];
  unit: { code: string; name: string; county: string };
}

export interface ChangeStep {
  position: number;
  reviewer: ChangeReviewer;
  decision: ChangeDecision | null;
  reason: string;
  byName: string | null;
  byUnitName: string | null;
  at: Date | null;
}

export interface ChangeRequest {
  no: number;
  category: ChangeCategory;
  recordId: string | null;
  accountId: string;
  sub: string;
  personName: string;
  unitCode: string;
  unitName: string;
  county: string;
  phone: string;
  email: string;
  content: string;
  /** Position of the step that is waited for. */
  step: number;
  result: ChangeDecision | 'withdrawn' | null;
  createdAt: Date;
  closedAt: Date | null;
  steps: ChangeStep[];
}

/** A submitted record somebody may ask to correct. */
export interface Correctable {
  id: string;
  no: number;
  /** Where it stands. */
  path: string;
  label: string;
}

/** What the change requests need of the records. */
export interface RecordsPort {
  /** The account's own unit's submitted records that a category concerns and that it may read, the newest first. */
  listCorrectable(party: Party, category: ChangeCategory, no: number | undefined): Promise<Correctable[]>;
}
