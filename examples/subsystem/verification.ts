import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type JWTVerifyGetKey, errors as jose, jwtVerify } from 'jose';
import type { Middleware } from 'koa';
import { type LocalAccount, derive, findProven } from './accounts.ts';

const MAX_BYTES = 4096;
const MINUTE_MS = 60_000;
const TRIES = 5;
const WINDOW_MS = 15 * MINUTE_MS;

interface Asked {
  account: string;
  password: string;
  holder_salt: string;
}

/**
 * Answers the single entry whether a password is right for an account of ours (manifest `binding`: proof `remote`).
 * The request is a statement signed by the single entry for this endpoint, this body and one minute; it counts once.
 * Unknown name and wrong password are one answer, and after five of them in a quarter of an hour the account is not
 * tried any more.
 */
export function verification(
  own: { issuer: string; endpoint: string; keys: JWTVerifyGetKey },
  accounts: LocalAccount[],
): Middleware {
  const { issuer, endpoint, keys } = own;
  const seen = new Map<string, number>();
  const failures = new Map<string, { count: number; since: number }>();

  return async (ctx) => {
    if (Number(ctx.get('content-length') || Infinity) > MAX_BYTES) return ctx.throw(413);
    const body = await text(ctx.req);
    try {
      const { payload } = await jwtVerify(ctx.get('authorization').replace(/^Bearer /, ''), keys, {
        ...{ issuer, audience: endpoint, algorithms: ['ES256'], maxTokenAge: 60, clockTolerance: 5 },
        typ: 'subsystem-account-verification+jwt',
        requiredClaims: ['iat', 'exp', 'jti', 'body_sha256'],
      });
      const isThisBody = payload['body_sha256'] === createHash('sha256').update(body).digest('base64url');
      if (!isThisBody || !isFirst(seen, payload.jti ?? '')) return ctx.throw(401);
    } catch (error) {
      if (error instanceof jose.JOSEError) return ctx.throw(401);
      throw error;
    }
    const { account, password, holder_salt: salt } = JSON.parse(body) as Asked;
    const name = account.trim().toLowerCase();
    const tries = failures.get(name) ?? { count: 0, since: Date.now() };
    if (tries.count >= TRIES && Date.now() - tries.since < WINDOW_MS) return ctx.throw(429);
    const found = await findProven(accounts, name, password);
    if (!found) {
      const isOld = Date.now() - tries.since >= WINDOW_MS;
      failures.set(name, isOld ? { count: 1, since: Date.now() } : { ...tries, count: tries.count + 1 });
      ctx.body = { proven: false };
      return;
    }
    failures.delete(name);
    const holder = await derive(found.nationalId, Buffer.from(salt, 'base64url'));
    ctx.body = {
      proven: true,
      account: found.name,
      holder: holder.toString('base64url'),
      ...{ unit: found.unit, role: found.role, duty: found.duty, menu_roles: found.menuRoles },
    };
  };
}

/** Whether a request's id was not used before; it is remembered until no request of its minute is good any more. */
function isFirst(seen: Map<string, number>, jti: string): boolean {
  const now = Date.now();
  for (const [id, until] of seen) if (until < now) seen.delete(id);
  if (seen.has(jti)) return false;
  seen.set(jti, now + 2 * MINUTE_MS);
  return true;
}
