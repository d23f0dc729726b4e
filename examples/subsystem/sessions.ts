import type { Context } from 'koa';
import * as oidc from 'openid-client';

/*
 * The one file to replace: sessions live in this process's memory, so a restart signs everybody out and a second
 * process knows nothing of them. Yours belong in a database; the cookie stays a mere id.
 */
export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

export interface Session {
  accessToken: string;
  refreshToken: string;
  idToken: string;
  sub: string;
  sid: unknown;
  /** Milliseconds since the epoch: until when the access token is good. */
  freshUntil: number;
}

const ATTEMPT_MS = 60 * 60 * 1000;
const MARGIN_SECONDS = 30;

export function createSessions(clientId: string, secure: boolean) {
  const sessions = new Map<string, Session>();
  const attempts = new Map<string, oidc.AuthorizationCodeGrantChecks>();
  const cookie = { httpOnly: true, sameSite: 'lax', secure, overwrite: true } as const;
  // cookies ignore ports: the client id keeps the systems of one host apart
  const sessionCookie = `${clientId}_session`;
  const attemptCookie = `${clientId}_attempt`;
  const idOf = (ctx: Context): string => ctx.cookies.get(sessionCookie) ?? '';

  return {
    find: (ctx: Context): Session | undefined => sessions.get(idOf(ctx)),

    end: (ctx: Context): boolean => sessions.delete(idOf(ctx)),

    /** Opens a session under a new id: one that was known before must be worth nothing afterwards. */
    open(ctx: Context, tokens: Tokens): void {
      const claims = tokens.claims();
      if (!claims) throw new Error('the answer holds no ID token');
      sessions.delete(idOf(ctx));
      const id = oidc.randomState();
      const { sub, sid } = claims;
      sessions.set(id, { idToken: tokens.id_token ?? '', sub, sid, ...freshTokens(tokens) });
      ctx.cookies.set(sessionCookie, id, cookie);
    },

    /** Ends what a logout token names: one session at the single entry, or all of the person's. */
    endNamed(sub: unknown, sid: unknown): void {
      for (const [id, session] of sessions) {
        if (sid === undefined ? session.sub === sub : session.sid === sid) sessions.delete(id);
      }
    },

    /** Keeps what the callback must check, bound to this browser. */
    remember(ctx: Context, checks: oidc.AuthorizationCodeGrantChecks): void {
      const id = oidc.randomState();
      attempts.set(id, checks);
      setTimeout(() => attempts.delete(id), ATTEMPT_MS).unref();
      ctx.cookies.set(attemptCookie, id, cookie);
    },

    /** The same, once. */
    recall(ctx: Context): oidc.AuthorizationCodeGrantChecks | undefined {
      const id = ctx.cookies.get(attemptCookie) ?? '';
      const checks = attempts.get(id);
      attempts.delete(id);
      return checks;
    },
  };
}

/** What a refresh changes; the refresh token stays where no new one is given. */
export function freshTokens(tokens: oidc.TokenEndpointResponse, refreshToken = '') {
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? refreshToken,
    freshUntil: Date.now() + ((tokens.expires_in ?? 60) - MARGIN_SECONDS) * 1000,
  };
}
