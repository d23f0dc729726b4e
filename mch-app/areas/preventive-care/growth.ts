import who from './who-growth.json' with { type: 'json' };

export type Measure = 'weight' | 'length' | 'head';
type Knot = readonly number[];

/** From this day on children are measured standing, before lying: the standard has a step there. */
const STANDING_FROM = 731;
/** The last day of the fifth year; the standard ends there. */
const LAST_DAY = 1826;

/**
 * The percentile of a measure in the WHO Child Growth Standards (0–5 years), with one decimal from 0.1 to 99.9.
 *
 * `who-growth.json` holds day, L, M and S as WHO publishes them (github.com/WorldHealthOrganization/anthro,
 * data-raw/growthstandards: weianthro, lenanthro, hcanthro), on as many days as keep a line between two of them within
 * 0.004 z of every day left out.
 * @param ageDays full days since birth; a preterm child's are not corrected
 * @returns undefined where the standard says nothing: another sex than two, an age past five years
 */
export function percentileOf(
  measure: Measure,
  sex: string,
  ageDays: number,
  value: number,
): number | undefined {
  if ((sex !== 'male' && sex !== 'female') || ageDays < 0 || ageDays > LAST_DAY) return undefined;
  const [l, m, s] = lmsOf(who[sex][measure], ageDays);
  const z = l === 0 ? Math.log(value / m) / s : ((value / m) ** l - 1) / (l * s);
  return Math.min(99.9, Math.max(0.1, Math.round(normal(z) * 1000) / 10));
}

function lmsOf(knots: readonly Knot[], day: number): [number, number, number] {
  const isOn = (knot: Knot | undefined): boolean => knot !== undefined && at(knot, 0) <= day;
  const below = knots.findLast(isOn) ?? knots[0] ?? [];
  const next = knots[knots.indexOf(below) + 1];
  const step = next ? at(next, 0) - at(below, 0) : 1;
  const share = next && !isStep(below, next) ? (day - at(below, 0)) / step : 0;
  const between = (column: number): number =>
    at(below, column) + share * (next ? at(next, column) - at(below, column) : 0);
  return [between(1), between(2), between(3)];
}

/** The two days between which lying becomes standing. */
const isStep = (below: Knot, next: Knot): boolean =>
  at(below, 0) === STANDING_FROM - 1 && at(next, 0) === STANDING_FROM;
const at = (knot: Knot, column: number): number => knot[column] ?? 0;

/** The normal distribution function; Abramowitz and Stegun 26.2.17, within 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    0.3989422804014327 *
    Math.exp((-z * z) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}
