import type { Work } from './idle.ts';
import type { Crowd } from './crowd.ts';
import type { Limit } from './limits.ts';
import type { LogoutRow } from './logout.ts';
import type { Measurement } from './measure.ts';
import type { Row } from './rounds.ts';

/** One scenario as measured at every server. */
export interface ScenarioResult {
  key: string;
  name: string;
  /** In a closed loop, by server. */
  closed: Record<string, Row>;
  /** Of ours at a fixed rate; what an operation made the database do is counted meanwhile. */
  atRate?: { asked: number; measured: Measurement; each: Work };
  /** The rate of ours as a share of the bare library's: the median of the rounds' own shares. */
  ofBare?: number;
}

export interface Results {
  conditions: Record<string, string | number>;
  limits: Limit[];
  scenarios: ScenarioResult[];
  logouts: LogoutRow[];
  crowd?: Crowd;
  /** CPU microseconds an operation at one and at two; `ratio` is the median of the rounds' own. */
  twoReplicas: { name: string; one: number; two: number; ratio: number }[];
  memoryMb: number;
  readyMs: number;
}

/** One line of what was to be reached. */
export interface Verdict {
  what: string;
  target: string;
  measured: string;
  isMet: boolean;
}
