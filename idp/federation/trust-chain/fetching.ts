import { MINUTE, after } from '#kit/clock.ts';
import type { Clock } from '#kit/clock.ts';
import { type PrivateNetworks, askAbroad } from '#kit/http/outbound.ts';
import { TrustFault } from './fault.ts';
import { MOST_BYTES, type Statement, readStatement, STATEMENT_TYPE } from './statement.ts';

/** Asks another server; the address was checked, no redirect is followed. */
export type Ask = (
  url: URL,
  limits: { timeoutMs: number; maxBytes: number },
) => Promise<{ status: number; type: string; body: string }>;

/** Asks the world, but no address inside our network unless the operator says so. */
export function askWorld(privateNetworks: PrivateNetworks): Ask {
  return async (url, limits) => {
    const headers = { accept: `application/${STATEMENT_TYPE}` };
    const answer = await askAbroad(url, { headers, privateNetworks, ...limits });
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
const MOST_KEPT = 1000;

/** What is left to spend. */
export interface Budget {
  fetches: number;
  endsAt: number;
}

interface Kept {
  until: Date;
  outcome: Statement | TrustFault;
}

/**
 * Statements from elsewhere, kept for ten minutes at most; a failure is remembered for one, so that an id somebody
 * made up costs one question a minute. The oldest make room.
 */
export function createFetcher(deps: { ask: Ask; clock: Clock; limits: Limits }) {
  const { ask, clock, limits } = deps;
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<Statement>>();
  let asking = 0;
  const waiting: (() => void)[] = [];

  const keep = (key: string, entry: Kept): void => {
    kept.delete(key);
    kept.set(key, entry);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  };

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

  const fetchNow = async (url: URL, budget: Budget): Promise<Statement> => {
    const timeoutMs = Math.min(limits.fetchMs, budget.endsAt - performance.now());
    if (timeoutMs <= 0) throw new TrustFault('limits', url.origin);
    const answer = await ask(url, { timeoutMs, maxBytes: MOST_BYTES }).catch(() => {
      throw new TrustFault('unreachable', url.origin);
    });
    if (answer.status !== 200) throw new TrustFault('unreachable', url.origin);
    if (answer.type.split(';')[0]?.trim() !== `application/${STATEMENT_TYPE}`) {
      throw new TrustFault('wrong_type', url.origin);
    }
    return readStatement(answer.body.trim(), clock());
  };

  return {
    newBudget: (): Budget => ({ fetches: limits.fetches, endsAt: performance.now() + limits.totalMs }),

    /** @throws TrustFault */
    async fetch(url: URL, budget: Budget): Promise<Statement> {
      const key = url.href;
      const known = kept.get(key);
      if (known && known.until > clock()) {
        if (known.outcome instanceof TrustFault) throw known.outcome;
        return known.outcome;
      }
      const running = underWay.get(key);
      if (running) return running;
      if (budget.fetches <= 0) throw new TrustFault('limits', url.origin);
      budget.fetches -= 1;
      const fetching = turn(() => fetchNow(url, budget));
      underWay.set(key, fetching);
      try {
        const statement = await fetching;
        const ends = new Date(statement.claims.exp * 1000);
        const until = after(clock(), KEPT_MS);
        keep(key, { outcome: statement, until: ends < until ? ends : until });
        return statement;
      } catch (error) {
        if (error instanceof TrustFault && error.reason !== 'limits') {
          keep(key, { outcome: error, until: after(clock(), FAILED_MS) });
        }
        throw error;
      } finally {
        underWay.delete(key);
      }
    },
  };
}
