import type { COMPONENTS } from './policy.ts';

export type Component = (typeof COMPONENTS)[number];

/** How something was in one minute; `maintenance` was announced before. */
export type ServiceState = 'working' | 'degraded' | 'down' | 'maintenance';

/** How requests of one kind were answered within a minute. */
export interface Answers {
  total: number;
  /** With a fault of ours, 5xx. */
  failed: number;
}

/** An outbox as it stands. */
export interface OutboxFacts {
  /** Age of the oldest that was tried in vain. */
  failingSeconds: number;
  /** Whether any got through in the last ten minutes. */
  delivers: boolean;
}

/** What one process saw in one minute. */
export interface MinuteFacts {
  /** Tries to reach the database, and how many failed. */
  probes: Answers;
  signIn: Answers;
  switching: Answers;
  /** Undefined while the database cannot be asked. */
  mails: OutboxFacts | undefined;
  logouts: OutboxFacts | undefined;
  /** Whether the portal is closed for maintenance. */
  closed: boolean;
}

/** One minute as one process saw it. */
export interface Minute {
  at: Date;
  states: Record<Component, ServiceState>;
}

/** A day of one component: how many minutes were how. */
export interface ServiceDay {
  /** `yyyy-MM-dd` in Taipei. */
  day: string;
  component: Component;
  working: number;
  degraded: number;
  down: number;
  maintenance: number;
}

/** Whether a subsystem took what it was sent lately. */
export interface SubsystemSign {
  clientId: string;
  takes: boolean;
}
