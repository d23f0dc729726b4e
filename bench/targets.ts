/** What a scenario must reach, of what else was measured in the same run. */
export type Target =
  /** At least this share of the rate of the bare library. */
  | { of: 'bare'; least: number; ofScenario?: string }
  /** At least this share of the hashes the machine makes. */
  | { of: 'argon2'; least: number }
  /** A median of at most so many milliseconds. */
  | { of: 'median'; mostMs: number };

export interface Goal {
  target?: Target;
  /** Round trips to the database at most. */
  roundTrips?: number;
}

/** By scenario: what the design sets out. */
export const GOALS: Record<string, Goal> = {
  discovery: { target: { of: 'bare', least: 0.95 }, roundTrips: 0 },
  jwks: { target: { of: 'bare', least: 0.95 }, roundTrips: 0 },
  'client-credentials': { roundTrips: 1 },
  'client-credentials-jwt': { target: { of: 'bare', least: 0.9 }, roundTrips: 0 },
  userinfo: { target: { of: 'bare', least: 0.6 }, roundTrips: 1 },
  introspection: { target: { of: 'bare', least: 0.6 }, roundTrips: 1 },
  refresh: { target: { of: 'bare', least: 0.5 }, roundTrips: 2 },
  'refresh-kept': { roundTrips: 2 },
  silent: { target: { of: 'bare', least: 0.65 }, roundTrips: 4 },
  par: { roundTrips: 6 },
  exchange: { target: { of: 'bare', least: 0.35 }, roundTrips: 2 },
  'sign-in': { target: { of: 'argon2', least: 0.8 } },
  portal: { target: { of: 'median', mostMs: 30 } },
  'portal-own': { target: { of: 'median', mostMs: 30 } },
  console: { target: { of: 'median', mostMs: 150 } },
  mch: { target: { of: 'median', mostMs: 100 } },
};

/** Logout of a person with ten clients. */
export const LOGOUT = { answerMs: 50, deliveredMs: 1000 };
/** CPU and buffers an operation: at a million accounts against a thousand, and of two replicas against one. */
export const MOST_GROWTH = 1.2;
export const MOST_TWO_REPLICAS = 1.1;
/** Others while two hundred people sign in at once, against a calm moment. */
export const MOST_CROWD = 2;
export const MOST_MEMORY_MB = 200;
export const MOST_READY_MS = 1000;
