import type { Db } from '#db/idp/tables.ts';
import { type Clock, MINUTE } from '#kit/clock.ts';
import type { FinishedRequest } from '#kit/telemetry/types.ts';
import { COMPONENTS, daysUntil, judgeMinute } from './policy.ts';
import { listDays, listSigns, noteMinutes, probe, readNewest, readOutboxes } from './store.ts';
import type {
  Answers,
  Component,
  Minute,
  OutboxFacts,
  ServiceDay,
  ServiceState,
  SubsystemSign,
} from './types.ts';

/** What is known of the service, in memory. */
export interface ServiceKnown {
  /** Undefined: nobody has noted anything lately. */
  now: Map<Component, ServiceState>;
  days: ServiceDay[];
  signs: SubsystemSign[];
  /** When the database was last asked in vain to be told, or answered. */
  readAt: Date;
  /** Since when it cannot be asked. */
  awaySince: Date | undefined;
}

/** Notes how the service is, minute by minute, and knows how it was. */
export interface ServiceRecord {
  /** Counts an answer. */
  count(request: Pick<FinishedRequest, 'route' | 'status'>): void;
  /** To be called a few times a minute: probes the database, notes the minute that is over, reads what others noted. */
  tick(): Promise<void>;
  known(): ServiceKnown;
}

type Outboxes = Record<'mails' | 'logouts', OutboxFacts>;

/** So long minutes wait for a database that is away: a day. */
const MOST_WAITING = 1440;

export function createServiceRecord(deps: {
  db: Db;
  clock: Clock;
  /** Whether the portal is closed for maintenance. */
  isClosed: () => boolean;
}): ServiceRecord {
  const { db, clock } = deps;
  let counted = newCounts();
  let minute = minuteOf(clock());
  let waiting: Minute[] = [];
  let known: ServiceKnown = { now: new Map(), days: [], signs: [], readAt: clock(), awaySince: undefined };

  const closeMinute = (outboxes: Outboxes | undefined): void => {
    const { mails, logouts } = outboxes ?? { mails: undefined, logouts: undefined };
    const states = judgeMinute({ ...counted, mails, logouts, closed: deps.isClosed() });
    waiting = [...waiting, { at: new Date(minute), states }].slice(-MOST_WAITING);
    counted = newCounts();
    minute = minuteOf(clock());
  };
  /** What this process sees itself, while nobody else can be asked. */
  const sayAway = (): void => {
    const states = judgeMinute({ ...counted, mails: undefined, logouts: undefined, closed: deps.isClosed() });
    known = {
      ...known,
      now: new Map(COMPONENTS.map((component) => [component, states[component]])),
      awaySince: known.awaySince ?? clock(),
    };
  };

  return {
    count({ route, status }) {
      const kind = kindOf(route);
      if (!kind) return;
      counted[kind].total += 1;
      if (status >= 500) counted[kind].failed += 1;
    },
    async tick() {
      const isOver = minuteOf(clock()) !== minute;
      counted.probes.total += 1;
      let outboxes: Outboxes | undefined;
      try {
        if (isOver) outboxes = await readOutboxes(db);
        else await probe(db);
      } catch (error) {
        counted.probes.failed += 1;
        sayAway();
        if (isOver) closeMinute(undefined);
        throw error;
      }
      if (isOver) closeMinute(outboxes);
      const isAway = known.awaySince !== undefined;
      if (!isOver && !isAway && known.days.length > 0) return;
      if (waiting.length > 0) {
        const writing = waiting;
        await noteMinutes(db, writing);
        waiting = waiting.filter((one) => !writing.includes(one));
      }
      const [now, days, signs] = await Promise.all([
        readNewest(db),
        listDays(db, daysUntil(clock())[0] ?? ''),
        listSigns(db),
      ]);
      known = { now, days, signs, readAt: clock(), awaySince: undefined };
    },
    known: () => known,
  };
}

function newCounts(): Record<'probes' | 'signIn' | 'switching', Answers> {
  const none = (): Answers => ({ total: 0, failed: 0 });
  return { probes: none(), signIn: none(), switching: none() };
}

function minuteOf(at: Date): number {
  return at.getTime() - (at.getTime() % MINUTE);
}

function kindOf(route: string): 'signIn' | 'switching' | undefined {
  if (route.startsWith('/interaction/') || route.startsWith('/oidc/auth')) return 'signIn';
  return route === '/oidc/token' ? 'switching' : undefined;
}
