import { MINUTE, after } from '#kit/clock.ts';
import type { Clock } from '#kit/clock.ts';
import { type PrivateNetworks, askAbroad } from '#kit/http/outbound.ts';
import { TrustFault } from './fault.ts';
import { type Memory, createMemory } from './memory.ts';
import { type PlaceLimits, createPlaces } from './places.ts';
import { MOST_BYTES } from './jwt.ts';
import { STATEMENT_TYPE, type Statement, readStatement } from './statement.ts';
import { STATUS_TYPE } from './trust-marks.ts';

/** Asks another server, with a form a POST; the address was checked, no redirect is followed. */
export type Ask = (
  url: URL,
  limits: { timeoutMs: number; maxBytes: number },
  form?: URLSearchParams,
) => Promise<{ status: number; type: string; body: string }>;

/** Asks the world, but no address inside our network unless the operator says so. */
export function askWorld(privateNetworks: PrivateNetworks): Ask {
  return async (url, limits, form) => {
    const posted = form && {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    };
    const headers = { accept: `application/${form ? '*' : STATEMENT_TYPE}`, ...posted?.headers };
    const answer = await askAbroad(url, { ...posted, headers, privateNetworks, ...limits });
    return { status: answer.status, type: answer.headers['content-type'] ?? '', body: answer.body };
  };
}

/** All that one resolution may spend, whoever it asks and however long the hints. */
export interface Limits extends PlaceLimits {
  fetches: number;
  totalMs: number;
  fetchMs: number;
}

export const LIMITS: Limits = {
  ...{ fetches: 24, totalMs: 8000, fetchMs: 3000 },
  ...{ atOnce: 16, atOnceAtHost: 4, waiting: 500 },
  ...{ strangersAtOnce: 12, strangersWaiting: 400 },
};
const KEPT_MS = 10 * MINUTE;
const FAILED_MS = MINUTE;

/** What is left to spend. */
export interface Budget {
  fetches: number;
  endsAt: number;
}

interface Query<T> {
  memory: Memory<T>;
  key: string;
  url: URL;
  form?: URLSearchParams;
  /** The media type of the answer. */
  type: string;
  /** What the answer says, and until when that is believed at most. @throws TrustFault */
  read(body: string): { value: T; until: Date };
}

/**
 * Statements and what issuers say of their marks, kept for ten minutes and one minute at most; a failure is remembered
 * for one, so that an id somebody made up costs one question a minute.
 */
export function createFetcher(deps: { ask: Ask; clock: Clock; limits: Limits }) {
  const { ask, clock, limits } = deps;
  const statements = createMemory<Statement>();
  const statuses = createMemory<string>();
  const places = createPlaces(limits);

  const askNow = async ({ url, form, type }: Query<unknown>, budget: Budget): Promise<string> => {
    const timeoutMs = Math.min(limits.fetchMs, leftOf(budget));
    if (timeoutMs <= 0) throw new TrustFault('limits', url.origin);
    const answer = await ask(url, { timeoutMs, maxBytes: MOST_BYTES }, form).catch(() => {
      // of who had less than their time nothing is remembered: another used it up
      if (timeoutMs < limits.fetchMs) throw new TrustFault('limits', url.origin);
      places.heardFrom(url.hostname, false);
      throw new TrustFault('unreachable', url.origin);
    });
    if (answer.status !== 200) throw new TrustFault('unreachable', url.origin);
    if (answer.type.split(';')[0]?.trim() !== type) throw new TrustFault('wrong_type', url.origin);
    places.heardFrom(url.hostname, true);
    return answer.body.trim();
  };

  const begin = async <T>(query: Query<T>, budget: Budget): Promise<T> => {
    const { memory, key, url } = query;
    budget.fetches -= 1;
    try {
      const body = await places.at(url.hostname, leftOf(budget), async () => askNow(query, budget));
      const outcome = query.read(body);
      memory.keep(key, outcome, body.length);
      return outcome.value;
    } catch (error) {
      if (error instanceof TrustFault && !isLimits(error))
        memory.keep(key, { fault: error, until: after(clock(), FAILED_MS) });
      throw error;
    } finally {
      memory.underWay.delete(key);
    }
  };

  const find = async <T>(query: Query<T>, budget: Budget): Promise<T> => {
    const { memory, key, url } = query;
    const known = memory.find(key, clock());
    if (known && 'fault' in known) throw known.fault;
    if (known) return known.value;
    const running = memory.underWay.get(key);
    if (!running) {
      if (budget.fetches <= 0) throw new TrustFault('limits', url.origin);
      const asked = begin(query, budget);
      memory.underWay.set(key, asked);
      return asked;
    }
    try {
      return await within(running, leftOf(budget), url.origin);
    } catch (error) {
      // whoever asked had less time than is left here
      if (isLimits(error) && leftOf(budget) > 0) return find(query, budget);
      throw error;
    }
  };

  return {
    newBudget: (): Budget => ({ fetches: limits.fetches, endsAt: performance.now() + limits.totalMs }),

    /** @throws TrustFault */
    fetch: async (url: URL, budget: Budget): Promise<Statement> =>
      find(
        {
          ...{ memory: statements, key: url.href, url, type: `application/${STATEMENT_TYPE}` },
          read(body) {
            const value = readStatement(body, clock());
            const ends = new Date(value.claims.exp * 1000);
            const until = after(clock(), KEPT_MS);
            return { value, until: ends < until ? ends : until };
          },
        },
        budget,
      ),

    /** The signed answer of a trust mark status endpoint (§8.4), unread. @throws TrustFault */
    askStatus: async (url: URL, mark: string, budget: Budget): Promise<string> =>
      find(
        {
          ...{ memory: statuses, key: `${url.href} ${mark}`, url },
          form: new URLSearchParams({ trust_mark: mark }),
          type: `application/${STATUS_TYPE}`,
          read: (value) => ({ value, until: after(clock(), FAILED_MS) }),
        },
        budget,
      ),
  };
}

const leftOf = ({ endsAt }: Budget): number => endsAt - performance.now();

const isLimits = (error: unknown): boolean => error instanceof TrustFault && error.reason === 'limits';

/** What somebody else asks, for no longer than one's own time. */
async function within<T>(running: Promise<T>, ms: number, about: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TrustFault('limits', about)), Math.max(0, ms));
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
