import type { Reading } from '#kit/telemetry/metrics.ts';

/** What one process of the identity provider counts beside its requests. */
export interface ProcessFacts {
  loop: { readonly blocks: number; readonly blockedMs: number; readonly delayMs: number };
  listener: { readonly losses: number; readonly isUp: boolean };
  admission: { readonly refused: { beginning: number; going_on: number }; readonly underWay: number };
  clock: { readonly skewSeconds: number };
  leads: () => boolean;
  isReady: () => Promise<boolean>;
}

export function processReadings(facts: ProcessFacts): Reading[] {
  const counter = (name: string, help: string, read: () => number): Reading => {
    return { name, help, kind: 'counter', read };
  };
  const gauge = (name: string, help: string, read: () => number): Reading => {
    return { name, help, kind: 'gauge', read };
  };
  const { loop, listener, admission, clock } = facts;
  return [
    gauge('idp_clock_skew_seconds', "How far the clock is ahead of the database's.", () => clock.skewSeconds),
    gauge('idp_leads_jobs', '1 for the process that does what runs once.', () => Number(facts.leads())),
    gauge('idp_listening', '1 while notifications of changes are heard.', () => Number(listener.isUp)),
    counter('idp_listener_losses_total', 'Times that connection was lost.', () => listener.losses),
    gauge('idp_requests_under_way', 'Requests worked on.', () => admission.underWay),
    {
      name: 'idp_requests_shed_total',
      help: 'Requests told to come back, because there were too many.',
      ...{ kind: 'counter', labels: ['stage'] },
      read: () => Object.entries(admission.refused).map(([stage, n]) => [{ stage }, n] as const),
    },
    counter('event_loop_blocks_total', 'Stretches in which nothing else ran.', () => loop.blocks),
    counter('event_loop_blocked_seconds_total', 'Their length in sum.', () => loop.blockedMs / 1000),
    {
      ...{ name: 'ready', help: '1 when the balancer may send requests here.', kind: 'gauge' },
      read: async () => Number(await facts.isReady()),
    },
  ];
}
