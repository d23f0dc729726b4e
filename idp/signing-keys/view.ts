import { DAY, HOUR, MINUTE, SECOND } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { formatDayOf } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import { CONFIRM_WITHIN_MS } from './confirm.ts';
import { timesOf } from './describe.ts';
import { clientsWaitedFor, stateOf } from './policy.ts';
import type { KeyRow } from './store.ts';
import { timeline } from './timeline.ts';
import type { ClientEvidence, KeyRevocation, KeySchedule } from './types.ts';
import type { Waiting } from './waits.ts';

export const KEYS = '/console/signing-keys';

const TONES = {
  announced: 'info',
  active: 'success',
  retiring: 'warning',
  retired: 'neutral',
  revoked: 'error',
  future: 'neutral',
} as const;

/** The state of each key, with `revoked` apart from those that came to their end. */
export function shownState(row: KeyRow, now: Date): keyof typeof TONES {
  if (row.revokedAt) return 'revoked';
  return stateOf(timesOf(row), now);
}

interface Known {
  rows: KeyRow[];
  unconfirmed: KeyRevocation[];
  evidence: { kid: string; alg: string; wait: Waiting | undefined; clients: ClientEvidence[] }[];
  schedule: KeySchedule;
}

export function keysView(locale: Locale, now: Date, known: Known): Views['idp/console-signing-keys'] {
  const { rows, unconfirmed, evidence, schedule } = known;
  return {
    next: nextOf(rows, now),
    line: timeline(
      rows.filter((row) => isInUse(shownState(row, now))),
      now,
      (at) => formatDayOf(locale, at),
    ),
    keys: rows.map((row) => keyOf(row, now)),
    evidence: evidence.map(({ kid, alg, wait, clients }) => ({
      ...{ kid, alg },
      wait: wait?.key.wait && {
        ...wait.key.wait,
        signFrom: wait.key.signFrom,
        waitsFor: wait.waitsFor.join(', '),
      },
      clients: clients.map((client) => clientOf(client, now)),
    })),
    spans: {
      rotate: spanOf(locale, schedule.rotateAfterMs),
      announce: spanOf(locale, schedule.announceMs),
      deadline: spanOf(locale, schedule.deadlineMs),
      keep: spanOf(locale, schedule.keepPublishedMs),
    },
    unconfirmed: unconfirmed.map(({ kid, revokedAt, revokedByName, reason }) => ({
      kid,
      by: revokedByName ?? translate(locale, 'console-signing-keys.by-command'),
      at: revokedAt,
      why: reason,
      url: `${KEYS}/${kid}/confirmation`,
      isOverdue: now.getTime() - revokedAt.getTime() > CONFIRM_WITHIN_MS,
    })),
    rotateUrl: `${KEYS}/rotation`,
  };
}

const isInUse = (state: keyof typeof TONES): boolean => state !== 'retired' && state !== 'revoked';

function keyOf(row: KeyRow, now: Date): Views['idp/console-signing-keys']['keys'][number] {
  const { kid, alg, publishFrom, signFrom, reason, imported } = row;
  const state = shownState(row, now);
  const isFree = state === 'announced' || state === 'retiring';
  return {
    ...{ kid, alg, publishFrom, signFrom, why: reason, isImported: imported },
    state: { key: `console-signing-keys.state-${state}`, tone: TONES[state] },
    signUntil: row.signUntil ?? undefined,
    publishUntil: row.revokedAt ?? row.publishUntil ?? undefined,
    without: row.promotedWithout?.join(', ') ?? '',
    rotateUrl: state === 'active' && !row.signUntil ? `${KEYS}/algorithms/${alg}/rotation` : '',
    retireUrl: isFree ? `${KEYS}/${kid}/retirement` : '',
    revokeUrl: isInUse(state) ? `${KEYS}/${kid}/revocation` : '',
  };
}

function clientOf({ clientId, fetchedAt, seenAt }: ClientEvidence, now: Date) {
  const isWaitedFor = clientsWaitedFor([{ clientId, fetchedAt, seenAt }], now).length > 0;
  const [word, tone] = fetchedAt
    ? (['has-fetched', 'success'] as const)
    : isWaitedFor
      ? (['not-fetched', 'warning'] as const)
      : (['idle', 'neutral'] as const);
  return {
    clientId,
    state: { key: `console-signing-keys.${word}`, tone },
    fetchedAt: fetchedAt ?? undefined,
    seenAt: seenAt ?? undefined,
  };
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** A span in its two largest units: 7 days; 8 hours, 2 minutes. */
function spanOf(locale: Locale, ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of [...UNITS, ['second', SECOND] as const]) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 || parts.length === 2) continue;
    parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count));
  }
  return parts.join(' ');
}

function nextOf(rows: KeyRow[], now: Date) {
  const changes = rows
    .filter(({ revokedAt }) => !revokedAt)
    .flatMap(({ kid, signFrom, signUntil, publishUntil }) => [
      { kid, at: signFrom, key: 'console-signing-keys.next-signs' },
      { kid, at: signUntil, key: 'console-signing-keys.next-retires' },
      { kid, at: publishUntil, key: 'console-signing-keys.next-ends' },
    ])
    .filter(
      (change): change is { kid: string; at: Date; key: string } => change.at !== null && change.at > now,
    );
  return changes.sort((a, b) => a.at.getTime() - b.at.getTime())[0];
}
