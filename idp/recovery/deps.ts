import type { Context } from '#kit/http/context.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import type { CaptchaDeps } from '../authenticators/index.ts';
import type { VirtualCards } from '../virtual-cards/index.ts';
import type { RecoveryDeps } from './types.ts';

/** What the pages need beside the deeds. */
export interface RecoveryRouteDeps extends RecoveryDeps {
  renderer: Renderer;
  captcha: CaptchaDeps;
  secure: boolean;
  trustedProxyHops: number;
  demo: boolean;
  virtualCards?: VirtualCards | undefined;
  gate: { page(ctx: Context, session: undefined): PageContext };
}
