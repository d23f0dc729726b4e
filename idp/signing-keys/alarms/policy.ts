import { activeOf, stateOf, successorOf } from '../policy.ts';
import type { AlarmFacts, KeyAlarm, KeySchedule, SigningKey } from '../types.ts';

/** A replica that told of itself within this span lives. */
const ALIVE_MS = 60_000;
/** A replica may be this far behind a change; then somebody has to look at it. */
const BEHIND_MS = 30_000;

/** Everything about the keys that is overdue or amiss at `now`. */
export function judgeAlarms(facts: AlarmFacts, schedule: KeySchedule, now: Date): KeyAlarm[] {
  const algorithms = [...new Set(facts.keys.map(({ alg }) => alg))];
  return [
    ...algorithms.flatMap((alg) => {
      const active = activeOf(facts.keys, alg, now);
      return active ? judgeActive(facts, active, schedule, now) : [];
    }),
    ...facts.keys.flatMap((key) => judgeWaiting(facts, key, now)),
    ...judgeReplicas(facts, now),
  ];
}

function judgeActive(
  { keys, unseenBy }: AlarmFacts,
  active: SigningKey,
  schedule: KeySchedule,
  now: Date,
): KeyAlarm[] {
  const { kid: subject, alg } = active;
  const alarms: KeyAlarm[] = [];
  const unseen = active.promotedWithout?.length ? (unseenBy.get(subject) ?? []) : [];
  if (unseen.length > 0) {
    alarms.push({ kind: 'promoted_unseen', subject, facts: { alg, clients: unseen.join(', ') } });
  }
  if (successorOf(keys, alg, now)) return alarms;
  if (active.signUntil) {
    const isNear = active.signUntil.getTime() - now.getTime() < schedule.announceMs;
    if (isNear) alarms.push({ kind: 'no_successor', subject, facts: { alg } });
    return alarms;
  }
  // a successor was due a whole announcement ago
  const due = active.signFrom.getTime() + schedule.rotateAfterMs - schedule.deadlineMs;
  if (now.getTime() > due + schedule.announceMs) {
    alarms.push({ kind: 'rotation_overdue', subject, facts: { alg } });
  }
  return alarms;
}

function judgeWaiting(
  { unseenBy }: AlarmFacts,
  { kid, alg, wait, ...key }: SigningKey,
  now: Date,
): KeyAlarm[] {
  const unseen = unseenBy.get(kid) ?? [];
  if (!wait || unseen.length === 0 || stateOf(key, now) !== 'announced') return [];
  const half = (wait.earliest.getTime() + wait.deadline.getTime()) / 2;
  if (now.getTime() < half) return [];
  const facts = { alg, clients: unseen.join(', '), dueAt: wait.deadline.toISOString() };
  return [{ kind: 'promotion_waits', subject: kid, facts }];
}

function judgeReplicas({ keys, replicas, stamp }: AlarmFacts, now: Date): KeyAlarm[] {
  const changes = keys
    .flatMap((key) => [key.publishFrom, key.signFrom, key.signUntil, key.publishUntil])
    .flatMap((at) => (at && at <= now ? at.getTime() : []));
  if (now.getTime() - Math.max(...changes) < BEHIND_MS) return [];
  return replicas
    .filter(({ seenAt }) => now.getTime() - seenAt.getTime() < ALIVE_MS)
    .filter((replica) => replica.stamp !== stamp)
    .map(({ replica }) => ({ kind: 'replica_behind', subject: replica, facts: {} }));
}
