import type { Views } from '#templates/views.ts';
import type { KeyBar } from '#templates/views/console-sheets.ts';
import type { KeyRow } from './store.ts';

const WIDTH = 960;
const TOP = 36;
const ROW = 34;
const TICKS = 6;

type Line = Views['idp/console-signing-keys']['line'];

/** Where each key announces, signs and retires on one line of time, from the oldest published to the next change. */
export function timeline(keys: KeyRow[], now: Date, dayOf: (at: Date) => string): Line {
  const shown = keys.filter((key) => endOf(key) === undefined || (endOf(key) ?? now) > now);
  const instants = shown.flatMap((key) => [key.publishFrom, key.signFrom, key.signUntil, key.publishUntil]);
  const known = instants.filter((at) => at !== null).map((at) => at.getTime());
  const from = Math.min(now.getTime(), ...known);
  const until = Math.max(now.getTime(), ...known);
  const margin = Math.max((until - from) * 0.08, 3_600_000);
  const [start, end] = [from - margin, until + margin];
  const x = (at: Date | number): number => {
    const time = typeof at === 'number' ? at : at.getTime();
    return Math.round(((Math.min(Math.max(time, start), end) - start) / (end - start)) * WIDTH);
  };
  const bars = shown.map((key, row): KeyBar => {
    const last = endOf(key)?.getTime() ?? end;
    const signEnd = Math.min(key.signUntil?.getTime() ?? last, last);
    const spans = [
      { kind: 'announced' as const, x: x(key.publishFrom), to: x(key.signFrom) },
      { kind: 'active' as const, x: x(key.signFrom), to: x(signEnd) },
      { kind: 'retiring' as const, x: x(signEnd), to: x(last) },
    ];
    return {
      kid: key.kid.slice(0, 12),
      alg: key.alg,
      y: TOP + row * ROW,
      spans: spans.flatMap(({ kind, x: at, to }) => (to > at ? [{ kind, x: at, width: to - at }] : [])),
      revokedX: key.revokedAt ? x(key.revokedAt) : 0,
    };
  });
  const ticks = Array.from({ length: TICKS }, (_, at) => start + ((end - start) * (at + 0.5)) / TICKS);
  return {
    width: WIDTH,
    height: TOP + shown.length * ROW + 4,
    nowX: x(now),
    ticks: ticks.map((at) => ({ x: x(at), label: dayOf(new Date(at)) })),
    bars,
  };
}

function endOf({ revokedAt, publishUntil }: KeyRow): Date | undefined {
  return revokedAt ?? publishUntil ?? undefined;
}
