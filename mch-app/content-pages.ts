import { rightsOn } from './access/index.ts';
import type { Caller } from './audit/index.ts';
import { contentRoutes } from './content/index.ts';
import type { FormRoute } from './kept-forms/index.ts';
import { type RecordPageDeps, frameOf } from './record-pages.ts';
import { type SignedInContext, sessionOf } from './sessions/index.ts';
import { actingForm, actingUpload } from './shell/index.ts';

/** The pages of what the system tells its people, lent what they need of the application. */
export function contentPages(
  deps: RecordPageDeps & { callerOf: (ctx: SignedInContext) => Caller },
): FormRoute[] {
  const { db, clock, keyring, show, menu, callerOf } = deps;
  return contentRoutes({
    ...{ db, clock, keyring, show, callerOf },
    rights: (ctx, path) => rightsOn(menu.grantsOf(sessionOf(ctx).account), path),
    frameOf: (ctx, path) => frameOf(ctx, menu, path),
    actingForm: (handle, limitBytes) => actingForm(show, {}, handle, () => '/', limitBytes),
    actingUpload: (limitBytes, handle) => actingUpload(show, limitBytes, handle),
  });
}
