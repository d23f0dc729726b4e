import { MINUTE, after } from '#kit/clock.ts';
import type { Clock } from '#kit/clock.ts';
import { type PrivateNetworks, askAbroad } from '#kit/http/outbound.ts';
import { TrustFault } from './fault.ts';
import { type Memory, createMemory } from './memory.ts';
import { MOST_BYTES, STATEMENT_TYPE, type Statement, readStatement } from './statement.ts';
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
export interface Limits {
  fetches: number;
  totalMs: number;
  fetchMs: number;
  atOnce: number;
}

export const LIMITS: Limits = { fetches: 24, totalMs: 8000, fetchMs: 3000, atOnce: 16 };
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
  let asking = 0;
  const waiting: (() => void)[] = [];

  const turn = async <T>(deed: () => Promise<T>): Promise<T> => {
    if (asking >= limits.atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else asking += 1;
    try {
      return await deed();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else asking -= 1;
    }
  };

  const askNow = async ({ url, form, type }: Query<unknown>, budget: Budget): Promise<string> => {
    const timeoutMs = Math.min(limits.fetchMs, budget.endsAt - performance.now());
    if (timeoutMs <= 0) throw new TrustFault('limits', url.origin);
    const answer = await ask(url, { timeoutMs, maxBytes: MOST_BYTES }, form).catch(() => {
      // of who had less than their time nothing is remembered: another used it up
      throw new TrustFault(timeoutMs < limits.fetchMs ? 'limits' : 'unreachable', url.origin);
    });
    if (answer.status !== 200) throw new TrustFault('unreachable', url.origin);
    if (answer.type.split(';')[0]?.trim() !== type) throw new TrustFault('wrong_type', url.origin);
    return answer.body.trim();
  };

  const find = async <T>(query: Query<T>, budget: Budget): Promise<T> => {
    const { memory, key, url } = query;
    const known = memory.find(key, clock());
    if (known && 'fault' in known) throw known.fault;
    if (known) return known.value;
    const running = memory.underWay.get(key);
    if (running) return running;
    if (budget.fetches <= 0) throw new TrustFault('limits', url.origin);
    budget.fetches -= 1;
    const asked = turn(() => askNow(query, budget)).then((body) => {
      const outcome = query.read(body);
      memory.keep(key, outcome);
      return outcome.value;
    });
    memory.underWay.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      if (error instanceof TrustFault && error.reason !== 'limits')
        memory.keep(key, { fault: error, until: after(clock(), FAILED_MS) });
      throw error;
    } finally {
      memory.underWay.delete(key);
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
