import type Router from '@koa/router';
import type { RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { readBrowser } from '../federation/index.ts';
import { setDraftCookie } from './cookies.ts';
import type { EnrollmentDeps } from './deps.ts';
import { beginFromInstitution } from './service/begin.ts';
import { stepUrl } from './view.ts';

/** Begins an application with the institution's sign-in that this browser just came from. */
export function addInstitutionRoute(router: Router<RequestState>, deps: EnrollmentDeps): void {
  router.post('/institution', async (ctx) => {
    const draft = await beginFromInstitution(deps, readBrowser(ctx, deps), ctx.state.locale);
    if (!draft) return seeOther(ctx, '/enrollment?institution=gone');
    setDraftCookie(deps, ctx, draft.id);
    seeOther(ctx, stepUrl(draft.hasUnit ? 'role' : 'unit'));
  });
}
