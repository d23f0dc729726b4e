import { CLIENT } from './fake-op.ts';
import type { Mch } from './mch.ts';
import type { Page } from './visitor.ts';

/** Where a form that was kept is shown again. */
export const KEPT = '/kept-form';
/** What its page says. */
export const BACK = '尚未送出';

export const pathOf = (page: Page): string => new URL(page.url).pathname;

/** The single entry ends the person's sessions here: signed out, suspended, or with another role by now. */
export async function endByTheEntry(mch: Mch): Promise<void> {
  const { op, origin } = mch;
  const now = Math.floor(mch.clock.now().getTime() / 1000);
  const claims = { iss: op.issuer, aud: CLIENT.id, iat: now, exp: now + 120, sub: op.sub };
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const token = await op.sign({ ...claims, jti: `jti-${Math.random()}`, events }, { typ: 'logout+jwt' });
  const body = new URLSearchParams({ logout_token: token });
  const answer = await fetch(`${origin}/backchannel-logout`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`the logout token was answered with ${answer.status}`);
}
