import { HOUR, MINUTE } from '#kit/clock.ts';
import { cookieName, readCookie } from '#kit/http/cookies.ts';
import type { Context } from '#kit/http/context.ts';
import { randomToken } from '#kit/random.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import type { EnrollmentDeps } from './deps.ts';

const DRAFT_PATH = '/enrollment';
const VISIT_PATH = '/enrollment-progress';
const DRAFT_SECONDS = (30 * 24 * HOUR) / 1000;
/** How long one who proved to be the applicant may look and act. */
const VISIT_MS = 20 * MINUTE;

/** A look at how an application stands: before the proof it only carries the captcha and what went wrong. */
export interface Visit {
  /** Names this visit's captcha. */
  nonce: string;
  /** The application it was proven for. */
  id?: string;
  until: number;
  account?: string;
  errors?: FieldError[];
  /** What a deed just did, told once. */
  status?: NonNullable<PageContext['status']>;
}

type CookieDeps = Pick<EnrollmentDeps, 'keyring' | 'secure' | 'clock'>;

/** The draft this browser works on. Sealed and so unforgeable; what may be done is asked of the row each time. */
export function readDraftCookie(deps: CookieDeps, ctx: Context): string | undefined {
  return (open(deps, ctx, 'enrollment', DRAFT_PATH) as { id: string } | undefined)?.id;
}

/** @param id undefined: this browser lets go of its draft */
export function setDraftCookie(deps: CookieDeps, ctx: Context, id: string | undefined): void {
  set(deps, ctx, 'enrollment', DRAFT_PATH, id === undefined ? undefined : { id }, DRAFT_SECONDS);
}

/** The visit of this browser; a new one when there is none, or its time is over. */
export function readVisit(deps: CookieDeps, ctx: Context): Visit {
  const visit = open(deps, ctx, 'enrollment-visit', VISIT_PATH) as Visit | undefined;
  const now = deps.clock().getTime();
  return visit && visit.until > now ? visit : { nonce: randomToken(12), until: now + VISIT_MS };
}

export function setVisit(deps: CookieDeps, ctx: Context, visit: Visit | undefined): void {
  set(deps, ctx, 'enrollment-visit', VISIT_PATH, visit, VISIT_MS / 1000);
}

/** A visit that has just been proven: under a name nobody could have planted before. */
export function provenVisit(deps: CookieDeps, id: string): Visit {
  return { nonce: randomToken(12), id, until: deps.clock().getTime() + VISIT_MS };
}

function open(deps: CookieDeps, ctx: Context, name: string, path: string): unknown {
  const value = readCookie(ctx.req, cookieName('idp', name, deps.secure, path));
  if (value === undefined) return undefined;
  try {
    return JSON.parse(deps.keyring.open(name, Buffer.from(value, 'base64url'), name).toString('utf8'));
  } catch {
    return undefined; // altered, or sealed by a key that is gone
  }
}

function set(
  deps: CookieDeps,
  ctx: Context,
  name: string,
  path: string,
  value: object | undefined,
  seconds: number,
): void {
  const sealed = value
    ? deps.keyring.seal(name, Buffer.from(JSON.stringify(value)), name).toString('base64url')
    : '';
  const attributes = `Path=${path}; Max-Age=${value ? seconds : 0}; HttpOnly; SameSite=Lax${deps.secure ? '; Secure' : ''}`;
  ctx.append('Set-Cookie', `${cookieName('idp', name, deps.secure, path)}=${sealed}; ${attributes}`);
}
