import type { Form } from '#kit/http/form.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import type { Handler, SignedInContext } from '../../sessions/index.ts';
import type { ExportLimit, ShowPage, TakeUpload } from '../../shell/index.ts';
import type { Area } from '../area.ts';
import type { RecordsDeps } from '../deps.ts';
import type { Labels } from '../labels.ts';
import type { Actor, RecordKind } from '../types.ts';

/** What the application lends the pages of records. */
export interface RecordHost extends RecordsDeps {
  show: ShowPage;
  /** Who acts in this request. */
  actorOf(ctx: SignedInContext): Actor;
  exports: ExportLimit;
  /** The menu, the title bar and the address of a function's page. */
  frameOf(ctx: SignedInContext, path: string): AreaFrame;
  /** A form handler that refuses forms of another account: see the shell. */
  actingForm(handle: (ctx: SignedInContext, form: Form) => Promise<void>): Handler;
  /** The same of a form that brings a file. */
  actingUpload(limitBytes: number, handle: TakeUpload): Handler;
}

/** What every page of one kind works with. */
export interface KindPages {
  host: RecordHost;
  area: Area;
  kind: RecordKind;
  labels: Labels;
}
