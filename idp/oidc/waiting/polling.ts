import { digest } from '#kit/random.ts';
import type { OidcContext, OidcDeps } from '../types.ts';

/** Between two questions of a client, unless it has been told to ask less often. */
export const FIRST_INTERVAL_SECONDS = 5;

/** A question that comes a little early was sent in time and travelled faster than the one before. */
const ASK = `
with before as (
  select id_digest, polled_at, interval_seconds from oidc_waiting where id_digest = $1 for update
)
update oidc_waiting w set polled_at = now(),
  interval_seconds = before.interval_seconds
    + case when before.polled_at > now() - make_interval(secs => before.interval_seconds - 1) then 5 else 0 end
from before where w.id_digest = before.id_digest
returning w.interval_seconds > before.interval_seconds as hasty`;

/**
 * Tells a client that asks too often to slow down, and lengthens its interval by five seconds for good (RFC 8628
 * §3.5, CIBA §11), whichever replica it asks.
 */
export async function answerHaste({ database }: OidcDeps, ctx: OidcContext): Promise<void> {
  const answer = ctx.body as { error?: unknown } | undefined;
  if (answer?.error !== 'authorization_pending') return;
  const id = ctx.oidc.params?.['device_code'] ?? ctx.oidc.params?.['auth_req_id'];
  const [asked] = await database.query<{ hasty: boolean }>(ASK, [digest(String(id))]);
  if (!asked?.hasty) return;
  ctx.body = { error: 'slow_down', error_description: 'ask less often: five seconds more between questions' };
}
