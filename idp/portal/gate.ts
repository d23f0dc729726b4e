import type { Context } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { PageContext, PageNotices } from '#templates/views.ts';
import type { PasswordRules } from '../authenticators/index.ts';
import { warningDue } from '../password-change/index.ts';
import { type BrowserSession, type SessionDeps, currentSession, isFresh } from '../sessions/index.ts';
import { REQUESTS } from '../sign-in-requests/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { idleTimes } from './idle.ts';
import { countWaiting } from './store.ts';
import {
  ANNOUNCEMENTS_PLACE,
  CONSOLE_PLACE,
  MESSAGES_PLACE,
  PERSONAL_PLACES,
  PUBLIC_PLACES,
} from './places.ts';

const PASSWORD_PAGE = '/account/password';
const BADGES: Record<string, string> = {
  [MESSAGES_PLACE]: 'messages.badge',
  [ANNOUNCEMENTS_PLACE]: 'announcements.badge',
  [REQUESTS]: 'sign-in-requests.badge',
};
const PURPOSE = 'return-path';
const HERE = 'http://here.invalid';

export type FreshDeed = 'read' | 'write';

/** What the portal's pages share: who looks at them, where one is, and how to get in. */
export interface Gate {
  session(ctx: Context): Promise<BrowserSession | undefined>;
  /** The session, or a redirect to sign in and back here: then undefined, and the answer is made. */
  requireSession(ctx: Context): Promise<BrowserSession | undefined>;
  /**
   * The session of somebody who signed in within the last minutes, for sensitive deeds: `write` does one, `read`
   * shows the page that asks for it. Otherwise a redirect to sign in again: then undefined, and the answer is made.
   * @param back the page of ours to come to afterwards; by default where a `read` was, or a `write`'s own page
   */
  freshSession(ctx: Context, deed: FreshDeed, back?: string): Promise<BrowserSession | undefined>;
  page(ctx: Context, session: BrowserSession | undefined): PageContext;
  /** How many sign-ins elsewhere want this person's approval, as counted with the session. */
  waitingRequests(session: BrowserSession): number;
}

export interface GateDeps extends SessionDeps {
  keyring: Keyring;
  registry: ClientRegistry;
  rules: PasswordRules;
  /** What stands above every page; the notices too when `withLines`. */
  pageNotices: (locale: Locale, withLines: boolean) => PageNotices;
}

export function createGate(deps: GateDeps): Gate {
  const waiting = new WeakMap<BrowserSession, Record<string, number>>();
  const session = async (ctx: Context): Promise<BrowserSession | undefined> => {
    const found = await currentSession(deps, ctx);
    if (!found) return undefined;
    const { messages, announcements, requests } = await countWaiting(deps.db, {
      accountId: found.accountId,
      now: deps.clock(),
    });
    waiting.set(found, {
      [MESSAGES_PLACE]: messages,
      [ANNOUNCEMENTS_PLACE]: announcements,
      [REQUESTS]: requests,
    });
    return found;
  };
  const badgeOf = (url: string, person: BrowserSession | undefined) => {
    const count = person ? (waiting.get(person)?.[url] ?? 0) : 0;
    return count > 0 && { badge: { count, key: BADGES[url] ?? '' } };
  };
  /** N09: from two weeks before its end on, but not where one is about to change it. */
  const passwordNotice = (ctx: Context, person: BrowserSession | undefined) => {
    const changedAt = person?.passwordChangedAt;
    if (!changedAt || isUnder(ctx.path, PASSWORD_PAGE)) return false;
    const due = warningDue(changedAt, deps.rules, deps.clock());
    return due !== undefined && { password: { days: due.daysLeft, url: PASSWORD_PAGE } };
  };
  /** Somebody acts as the person: said on each of their pages, where it can be ended. */
  const helperNotice = ({ state: { locale } }: Context, person: BrowserSession | undefined) => {
    if (!person?.helper) return false;
    const { name, subsystemCode, until } = person.helper;
    const system = deps.registry.subsystem(subsystemCode)?.name[locale] ?? subsystemCode;
    return { helper: { name, system, until, action: '/account/sessions/impersonation/removal' } };
  };
  const requireSession = async (ctx: Context): Promise<BrowserSession | undefined> => {
    const found = await session(ctx);
    if (!found) {
      const back = ctx.method === 'GET' ? ctx.url : '/';
      seeOther(ctx, `/sign-in?return_to=${encodeURIComponent(back)}`);
    }
    return found;
  };
  return {
    session,
    requireSession,
    waitingRequests: (person) => waiting.get(person)?.[REQUESTS] ?? 0,
    async freshSession(ctx, deed, back = deed === 'read' ? ctx.url : ctx.path) {
      const found = await requireSession(ctx);
      if (!found || isFresh(found.loginAt, deps.clock(), deed)) return found;
      seeOther(ctx, `/sign-in?fresh=yes&return_to=${encodeURIComponent(back)}`);
      return undefined;
    },
    page(ctx, person) {
      const own = person?.administers ? [...PERSONAL_PLACES, CONSOLE_PLACE] : PERSONAL_PLACES;
      const places = person ? own : PUBLIC_PLACES;
      return {
        locale: ctx.state.locale,
        path: ctx.url,
        app: 'idp',
        notices: {
          ...deps.pageNotices(ctx.state.locale, ctx.path === '/' && !person),
          ...passwordNotice(ctx, person),
          ...helperNotice(ctx, person),
        },
        navigation: places.map(({ key, url }) => ({
          key,
          url,
          current: isUnder(ctx.path, url),
          // whoever reads the announcements has seen them
          ...(ctx.path !== url || url !== ANNOUNCEMENTS_PLACE ? badgeOf(url, person) : {}),
        })),
        ...(person && { idle: idleTimes(deps.config.lifetimes.sessionIdleSeconds) }),
        ...(person && { signedIn: { name: person.personName, signOutUrl: '/sign-out' } }),
      };
    },
  };
}

function isUnder(path: string, url: string): boolean {
  return path === url || (url !== '/' && path.startsWith(`${url}/`));
}

/**
 * A path of ours to come back to, sealed so that nobody else can choose it; '' for anything but a path. It is
 * read as browsers read it, who pass over tabs and line breaks and take backslashes for slashes.
 */
export function sealReturnPath(keyring: Keyring, path: string): string {
  const url = readOwnPath(path);
  if (!url) return '';
  return keyring.seal(PURPOSE, Buffer.from(url.pathname + url.search), PURPOSE).toString('base64url');
}

export function isOwnPath(path: string): boolean {
  return readOwnPath(path) !== undefined;
}

function readOwnPath(path: string): URL | undefined {
  const url = path.startsWith('/') && URL.canParse(path, HERE) ? new URL(path, HERE) : undefined;
  return url?.origin !== HERE || url.pathname.startsWith('//') ? undefined : url;
}

/** The sealed path; the home page when there is none. */
export function openReturnPath(keyring: Keyring, sealed: string): string {
  try {
    return keyring.open(PURPOSE, Buffer.from(sealed, 'base64url'), PURPOSE).toString('utf8');
  } catch {
    return '/';
  }
}
