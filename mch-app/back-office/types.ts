import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Form } from '#kit/http/form.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import type { Right } from '../access/index.ts';
import type { PersonApi } from '../idp-api/index.ts';
import type { FormRoute } from '../kept-forms/index.ts';
import type { Handler, Session, SignedInContext } from '../sessions/index.ts';
import type { ExportLimit, ShowPage } from '../shell/index.ts';

export type OfficeApi = PersonApi<Session>;

/** What the back office's pages need of the application. */
export interface OfficeHost {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  show: ShowPage;
  exports: ExportLimit;
  /** The single entry's own address. */
  issuer: string;
  api: OfficeApi;
  rights(ctx: SignedInContext, path: string): readonly Right[];
  frameOf(ctx: SignedInContext, path: string): AreaFrame;
  actingForm(handle: (ctx: SignedInContext, form: Form) => Promise<void>): Handler;
}

export type OfficeRoute = FormRoute;

/** What a manager sees first: counts, and what the unit may give. */
export interface OfficeSummary {
  accounts: { total: number; managers: number; users: number };
  reviews: number;
  suspended: number;
  permissionRequests: number;
  menuRoles: string[];
}
