import type { Locale } from '#kit/http/locale.ts';
import { formatDayOf } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import { CONFIRM_WITHIN_MS } from './confirm.ts';
import { stateOf } from './policy.ts';
import type { KeyRow } from './store.ts';
import { timeline } from './timeline.ts';
import type { KeyRevocation } from './types.ts';

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
  const { publishFrom, signFrom, signUntil, publishUntil } = row;
  return stateOf(
    {
      ...{ publishFrom, signFrom, revokedAt: undefined },
      signUntil: signUntil ?? undefined,
      publishUntil: publishUntil ?? undefined,
    },
    now,
  );
}

/** The key a client learns last: the announced ES256 key, else the one that signs. */
export function newestKid(rows: KeyRow[], now: Date): string {
  const own = rows.filter(({ alg }) => alg === 'ES256');
  const find = (state: string) => own.find((row) => shownState(row, now) === state)?.kid;
  return find('announced') ?? find('active') ?? '';
}

export function keysView(
  locale: Locale,
  now: Date,
  of: {
    rows: KeyRow[];
    unconfirmed: KeyRevocation[];
    clients: { clientId: string; fetchedAt: Date | null; seenAt: Date | null }[];
  },
): Views['idp/console-signing-keys'] {
  const { rows, unconfirmed, clients } = of;
  const inUse = (row: KeyRow): boolean => !['retired', 'revoked'].includes(shownState(row, now));
  return {
    next: nextOf(rows, now),
    line: timeline(rows.filter(inUse), now, (at) => formatDayOf(locale, at)),
    keys: rows.map((row) => {
      const state = shownState(row, now);
      return {
        ...{ kid: row.kid, alg: row.alg, publishFrom: row.publishFrom, signFrom: row.signFrom },
        state: { key: `console-signing-keys.state-${state}`, tone: TONES[state] },
        signUntil: row.signUntil ?? undefined,
        publishUntil: row.revokedAt ?? row.publishUntil ?? undefined,
        why: row.reason,
        revokeUrl: inUse(row) ? `${KEYS}/${row.kid}/revocation` : '',
      };
    }),
    newestKid: newestKid(rows, now),
    clients: clients.map(({ clientId, fetchedAt, seenAt }) => ({
      clientId,
      fetchedAt: fetchedAt ?? undefined,
      seenAt: seenAt ?? undefined,
    })),
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
