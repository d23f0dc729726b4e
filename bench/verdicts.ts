import type { Results, ScenarioResult, Verdict } from './results.ts';
import { GOALS, LOGOUT, MOST_CROWD, MOST_MEMORY_MB, MOST_READY_MS, MOST_TWO_REPLICAS } from './targets.ts';

/** Everything that was to be reached, with what was. */
export function judge(results: Results): Verdict[] {
  const hashes = results.limits.find(({ key }) => key === 'argon2')?.rate ?? Number.NaN;
  return [
    ...results.scenarios.flatMap((scenario) => [...rateVerdict(scenario, hashes), ...tripVerdict(scenario)]),
    ...results.logouts.flatMap((row) => [
      ...(row.clients === 10
        ? [most(`logout of ${row.clients} clients, answer p99`, row.answer.p99, LOGOUT.answerMs, 'ms')]
        : []),
      most(`logout of ${row.clients} clients, 99 % delivered`, row.delivered.p99, LOGOUT.deliveredMs, 'ms'),
      most(`logout of ${row.clients} clients, never delivered`, row.lost, 0, ''),
    ]),
    ...results.twoReplicas.map(({ name, ratio }) =>
      most(`two replicas, CPU an operation against one: ${name}`, ratio, MOST_TWO_REPLICAS, '×'),
    ),
    ...(results.crowd?.others ?? []).map(({ name, calm, meanwhile }) =>
      most(
        `${results.crowd?.people} sign in at once, p99 of ${name} against calm`,
        meanwhile / calm,
        MOST_CROWD,
        '×',
      ),
    ),
    ...(results.crowd
      ? [most(`${results.crowd.people} sign in at once, sign-ins lost`, results.crowd.lost, 0, '')]
      : []),
    most('memory of a replica after it all', results.memoryMb, MOST_MEMORY_MB, 'MB'),
    most('from start to ready', results.readyMs, MOST_READY_MS, 'ms'),
  ];
}

function rateVerdict({ key, name, closed, ofBare }: ScenarioResult, hashes: number): Verdict[] {
  const target = GOALS[key]?.target;
  const ours = closed['ours'];
  if (!target || !ours) return [];
  if (target.of === 'median') {
    return [{ ...most(name, ours.p50, target.mostMs, 'ms'), what: `${name}, median` }];
  }
  const share = target.of === 'bare' ? ofBare : ours.rate / hashes;
  if (share === undefined) return [];
  const limit = target.of === 'bare' ? 'the bare library' : 'the hashes a second';
  return [
    {
      what: name,
      target: `≥ ${target.least} × ${limit}`,
      measured: `${share.toFixed(2)} ×`,
      isMet: share >= target.least,
    },
  ];
}

function tripVerdict({ key, name, atRate }: ScenarioResult): Verdict[] {
  const trips = GOALS[key]?.roundTrips;
  if (trips === undefined || !atRate) return [];
  const { statements } = atRate.each;
  return [
    {
      what: `${name}, round trips`,
      target: `≤ ${trips}`,
      measured: statements.toFixed(2),
      // an operation that fails half way is sent and not counted
      isMet: statements <= trips + 0.15,
    },
  ];
}

function most(what: string, measured: number, limit: number, unit: string): Verdict {
  const digits = measured < 10 ? 2 : 0;
  return {
    what,
    target: `≤ ${limit} ${unit}`.trim(),
    measured: `${measured.toFixed(digits)} ${unit}`.trim(),
    isMet: measured <= limit,
  };
}
