import { SUBSYSTEM } from '../access/index.ts';
import type { Handler } from '../sessions/index.ts';
import type { ShowPage } from './page.ts';

/** GET /sign-out, behind the guard: this system only, or everything? */
export function askSignOut(show: ShowPage): Handler {
  return async (ctx) => {
    show(ctx, 'mch-app/sign-out', { action: '/sign-out', subsystemName: SUBSYSTEM.name[ctx.state.locale] });
  };
}
