import type { PartyClient } from '../../bench/party.ts';

/** One HTTP request of the load and how it ended. */
export interface RequestOutcome {
  id: number;
  user: number;
  operation: Operation;
  path: string;
  /** Milliseconds since the load began. */
  at: number;
  ms: number;
  /** 0: there was no answer. */
  status: number;
  error?: string;
}

export type Operation = 'refresh' | 'read' | 'sign-in' | 'exchange' | 'console';

/** `unknown`: no answer, or one that does not say whether it was done. */
export type Acknowledged = 'yes' | 'no' | 'unknown';

/** A credential was presented. */
export interface Use {
  kind: 'code' | 'refresh' | 'exchange';
  user: number;
  at: number;
  /** The code, refresh token or, for an exchange, the subject token. */
  credential: string;
  /** Whether it works once: the refresh tokens of confidential clients are not rotated. */
  once: boolean;
  client: PartyClient;
  /** What was asked for: the account of an exchange. */
  account?: string;
  done: Acknowledged;
  issued?: { access_token: string; refresh_token?: string };
}

/** A sign-out, with the cookies of the session that it ended. */
export interface SignOut {
  user: number;
  at: number;
  cookie: string;
  done: Acknowledged;
}

/** What the load did and was told, for the oracle to compare with the database. */
export class Ledger {
  readonly requests: RequestOutcome[] = [];
  readonly uses: Use[] = [];
  readonly signIns: { user: number; at: number; done: Acknowledged }[] = [];
  readonly signOuts: SignOut[] = [];
  /** A browser that was signed in no longer is. */
  readonly lostSessions: string[] = [];
  /** Answers that nothing explains. */
  readonly surprises: string[] = [];
  /** Sign-ins that went on past a failed request, and those that had to begin anew. */
  resumed = 0;
  restarted = 0;
  readonly #began = performance.now();

  now(): number {
    return performance.now() - this.#began;
  }

  /** Requests that failed: no answer, or one of 500 and above. */
  failures(from = 0, to = Number.POSITIVE_INFINITY): RequestOutcome[] {
    return this.requests.filter(
      ({ status, at, ms }) => (status === 0 || status >= 500) && at + ms >= from && at + ms <= to,
    );
  }

  /** From the first to the last end of a failed request in this span, in milliseconds. */
  errorSpanMs(from = 0, to = Number.POSITIVE_INFINITY): number {
    const ends = this.failures(from, to).map(({ at, ms }) => at + ms);
    return ends.length === 0 ? 0 : Math.max(...ends) - Math.min(...ends);
  }

  /** Share of failed requests among those that ended in this span. */
  failedShare(from = 0, to = Number.POSITIVE_INFINITY): number {
    const all = this.requests.filter(({ at, ms }) => at + ms >= from && at + ms <= to).length;
    return all === 0 ? 0 : this.failures(from, to).length / all;
  }

  /** Milliseconds under which this share of the answered requests stayed. */
  percentile(share: number, of: (request: RequestOutcome) => boolean = () => true): number {
    const times = this.requests.filter((request) => request.status !== 0 && of(request)).map(({ ms }) => ms);
    times.sort((a, b) => a - b);
    return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  }

  /** How requests failed, and how often each way. */
  failureKinds(from = 0, to = Number.POSITIVE_INFINITY): Record<string, number> {
    const kinds: Record<string, number> = {};
    for (const { error = 'no answer' } of this.failures(from, to)) kinds[error] = (kinds[error] ?? 0) + 1;
    return kinds;
  }

  /** Both, for the oracle: the database knows them as one. */
  with(other: Ledger): Ledger {
    const both = new Ledger();
    for (const each of [this, other]) {
      both.requests.push(...each.requests);
      both.uses.push(...each.uses);
      both.signIns.push(...each.signIns);
      both.signOuts.push(...each.signOuts);
      both.lostSessions.push(...each.lostSessions);
      both.surprises.push(...each.surprises);
    }
    return both;
  }

  /** In one line, for the report. */
  summary(): string {
    const failed = this.failures().length;
    const perSecond = (this.requests.length / (this.now() / 1000)).toFixed(0);
    const p99 = this.percentile(0.99).toFixed(0);
    return (
      `${this.requests.length} requests (${perSecond}/s), ${failed} failed, p99 ${p99} ms; ` +
      `${this.uses.length} codes, refreshes and exchanges, ${this.lostSessions.length} sessions lost`
    );
  }
}
