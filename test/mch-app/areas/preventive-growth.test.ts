import { percentileOf } from '#mch/areas/preventive-care/growth.ts';
import { SCREENINGS, VISITS, monthsOld, windowAt } from '#mch/areas/preventive-care/windows.ts';

/** What is measured at a z-score, by the row of WHO's own table. */
const measured = ([l, m, s]: [number, number, number], z: number): number => m * (1 + l * s * z) ** (1 / l);

/** Rows of WHO's tables (weianthro, lenanthro, hcanthro) as they are published. */
const PUBLISHED = [
  ['weight', 'male', 0, [0.3487, 3.3464, 0.14602]],
  ['weight', 'male', 100, [0.1682, 6.5699, 0.11588]],
  ['weight', 'male', 365, [0.0645, 9.646, 0.10925]],
  ['weight', 'female', 500, [-0.2515, 9.9023, 0.12304]],
  ['length', 'male', 0, [1, 49.8842, 0.03795]],
  ['length', 'male', 500, [1, 80.6578, 0.03234]],
  ['length', 'male', 730, [1, 87.8018, 0.03479]],
  ['length', 'male', 731, [1, 87.1303, 0.03508]],
  ['length', 'female', 731, [1, 85.7299, 0.03764]],
  ['head', 'male', 500, [1, 47.0905, 0.02796]],
  ['head', 'female', 1600, [1, 49.5752, 0.02866]],
  ['head', 'female', 1826, [1, 49.9225, 0.0285]],
] as const satisfies readonly [string, string, number, [number, number, number]][];

describe('percentiles of growth', () => {
  it.each(PUBLISHED)('of %s, %s, day %d are those of the WHO standard', (measure, sex, day, lms) => {
    const row: [number, number, number] = [...lms];
    const at = (z: number) => percentileOf(measure, sex, day, measured(row, z)) ?? NaN;
    expect(at(0)).toBeCloseTo(50, 0);
    expect(Math.abs(at(-1.88079) - 3)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(at(1.88079) - 97)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(at(1) - 84.1)).toBeLessThanOrEqual(0.15);
  });

  it('stay between 0.1 and 99.9', () => {
    expect(percentileOf('weight', 'male', 365, 3)).toBe(0.1);
    expect(percentileOf('weight', 'male', 365, 30)).toBe(99.9);
  });

  it('are told only of ages and sexes the standard knows', () => {
    expect(percentileOf('weight', 'female', 1826, 18)).toBeDefined();
    expect(percentileOf('weight', 'female', 1827, 18)).toBeUndefined();
    expect(percentileOf('weight', 'female', -1, 18)).toBeUndefined();
    expect(percentileOf('weight', 'unknown', 100, 6)).toBeUndefined();
  });
});

describe('ages of visits and screenings', () => {
  it.each([
    ['2026-01-05', '2026-03-04', 1],
    ['2026-01-05', '2026-03-05', 2],
    ['2025-12-31', '2026-02-28', 2],
    ['2025-12-31', '2026-02-27', 1],
    ['2024-02-29', '2025-02-28', 12],
    ['2020-05-01', '2026-04-30', 71],
  ])('born %s, a child is on %s full %d months old', (born, on, months) => {
    expect(monthsOld(born, on)).toBe(months);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [9, 3],
    [10, 4],
    [17, 4],
    [18, 5],
    [23, 5],
    [24, 6],
    [35, 6],
    [36, 7],
    [83, 7],
    [84, 0],
  ])('at %d months it is visit %d', (months, visit) => {
    expect(windowAt(VISITS, months)).toBe(visit);
  });

  it.each([
    [5, 0],
    [6, 1],
    [9, 1],
    [10, 2],
    [17, 2],
    [18, 3],
    [23, 3],
    [24, 4],
    [35, 4],
    [36, 5],
    [59, 5],
    [60, 6],
    [83, 6],
    [84, 0],
  ])('at %d months it is screening %d', (months, screening) => {
    expect(windowAt(SCREENINGS, months)).toBe(screening);
  });
});
