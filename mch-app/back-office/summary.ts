import { z } from 'zod';
import { SECOND } from '#kit/clock.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { GrantOver } from '../idp-api/index.ts';
import type { Session } from '../sessions/index.ts';
import { ACCOUNTS } from './places.ts';
import type { OfficeApi, OfficeSummary } from './types.ts';

const count = z.number().int().min(0);
const schema = z.object({
  accounts: z.object({ total: count, managers: count, users: count }),
  reviews: count,
  suspended: count,
  permission_requests: count,
  menu_roles: z.array(z.string()),
});

export type SummaryReading =
  { state: 'read'; summary: OfficeSummary } | { state: 'refused' } | { state: 'away' };

/** M-31, M-33: what the single entry counts for the person. @throws GrantOver */
export async function readSummary(api: OfficeApi, session: Session): Promise<SummaryReading> {
  try {
    const answer = await api.call(session, '/summary');
    if (!answer.ok) return { state: 'refused' };
    const parsed = schema.safeParse(answer.body);
    if (!parsed.success) return { state: 'away' }; // something else answered in its place
    const {
      accounts,
      reviews,
      suspended,
      permission_requests: permissionRequests,
      menu_roles: menuRoles,
    } = parsed.data;
    return { state: 'read', summary: { accounts, reviews, suspended, permissionRequests, menuRoles } };
  } catch (error) {
    if (error instanceof Fault) return { state: 'away' };
    throw error;
  }
}

/** T30: one line of what waits for a manager. */
export interface OfficeWork {
  id: 'T30';
  label: Record<Locale, string>;
  url: string;
  count: number;
}

const KEPT_MS = 30 * SECOND;
const MOST_KEPT = 1000;

/**
 * T30: accounts to be approved, accounts to be reinstated, requests for system rights, for whoever manages; nothing
 * while the single entry is away or refuses. Asked at most every half minute a session.
 */
export function createOfficeWork(api: OfficeApi, clock: Clock): (session: Session) => Promise<OfficeWork[]> {
  const kept = new Map<string, { work: Promise<OfficeWork[]>; until: number }>();
  return async (session) => {
    const name = session.digest.toString('hex');
    const now = clock().getTime();
    const known = kept.get(name);
    if (known && known.until > now) return known.work;
    const work = workOf(api, session);
    kept.delete(name);
    kept.set(name, { work, until: now + KEPT_MS });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return work;
  };
}

async function workOf(api: OfficeApi, session: Session): Promise<OfficeWork[]> {
  try {
    const reading = await readSummary(api, session);
    if (reading.state !== 'read') return [];
    const { reviews, suspended, permissionRequests } = reading.summary;
    return [
      line('work-reviews', 'review', reviews),
      line('work-suspended', 'reinstatement', suspended),
      line('work-permission-requests', 'permission-requests', permissionRequests),
    ];
  } catch (error) {
    // whoever asks shows a page of their own: the next deed finds out what became of the grant
    if (error instanceof GrantOver) return [];
    throw error;
  }
}

function line(key: string, place: string, of: number): OfficeWork {
  const label = (locale: Locale): string => translate(locale, `office.${key}`);
  return {
    id: 'T30',
    label: { 'zh-TW': label('zh-TW'), en: label('en') },
    url: `/${ACCOUNTS}/${place}`,
    count: of,
  };
}
