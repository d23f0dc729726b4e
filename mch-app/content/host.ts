import type { Form } from '#kit/http/form.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import type { Right } from '../access/index.ts';
import type { Caller } from '../audit/index.ts';
import type { Handler, SignedInContext } from '../sessions/index.ts';
import type { ShowPage, TakeUpload } from '../shell/index.ts';
import type { ContentDeps } from './service/save.ts';

/** What the pages of content need of the application. */
export interface ContentHost extends ContentDeps {
  keyring: Keyring;
  show: ShowPage;
  rights(ctx: SignedInContext, path: string): readonly Right[];
  frameOf(ctx: SignedInContext, path: string): AreaFrame;
  callerOf: (ctx: SignedInContext) => Caller;
  actingForm(handle: (ctx: SignedInContext, form: Form) => Promise<void>, limitBytes?: number): Handler;
  actingUpload(limitBytes: number, handle: TakeUpload): Handler;
}
