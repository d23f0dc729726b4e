import { type Chance, oneOf } from './chance.ts';

export type Point = readonly [x: number, y: number];
/** Pen strokes in a box from (0, 0) to (1, 1.5), y downwards. */
export type Glyph = readonly (readonly Point[])[];

const ROUND = 16;

/** Points on an ellipse from `from` to `to` degrees; 0 is to the right, 90 is down. */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: ROUND + 1 }, (_, step) => {
    const angle = ((from + ((to - from) * step) / ROUND) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** Two ways or one to write each digit. A 1 keeps its foot, or a turned one reads as 7. */
// prettier-ignore
const SHAPES: readonly [Glyph, ...Glyph[]][] = [
  [[arc(0.5, 0.75, 0.42, 0.72, -90, 270)], [arc(0.5, 0.75, 0.36, 0.74, -60, 300)]],
  [
    [[[0.28, 0.24], [0.52, 0.03], [0.52, 1.48]], [[0.16, 1.48], [0.88, 1.48]]],
    [[[0.52, 0.03], [0.52, 1.46]], [[0.3, 0.06], [0.52, 0.03]], [[0.18, 1.46], [0.86, 1.46]]],
  ],
  [
    [[...arc(0.5, 0.42, 0.4, 0.4, -170, 40), [0.08, 1.47], [0.94, 1.47]]],
    [[...arc(0.48, 0.4, 0.4, 0.38, -160, 50), [0.1, 1.46], [0.55, 1.4], [0.96, 1.48]]],
  ],
  [
    [arc(0.46, 0.39, 0.38, 0.37, -160, 90), arc(0.46, 1.1, 0.42, 0.38, -90, 160)],
    [[[0.12, 0.05], [0.84, 0.05], [0.45, 0.6]], arc(0.45, 1.04, 0.42, 0.44, -90, 155)],
  ],
  [
    [[[0.68, 1.48], [0.68, 0.03], [0.06, 1.05], [0.98, 1.05]]],
    [[[0.26, 0.06], [0.1, 0.92], [0.96, 0.92]], [[0.74, 0.4], [0.68, 1.48]]],
  ],
  [[[[0.86, 0.04], [0.22, 0.04], [0.16, 0.68], ...arc(0.46, 1.02, 0.42, 0.44, -130, 150)]]],
  [
    [[...arc(0.62, 0.9, 0.5, 0.88, -75, -178), ...arc(0.5, 1.05, 0.38, 0.42, 180, 540)]],
    [[[0.66, 0.02], ...arc(0.5, 1.03, 0.4, 0.44, 195, 555)]],
  ],
  [
    [[[0.06, 0.05], [0.94, 0.05], [0.38, 1.48]]],
    [[[0.1, 0.2], [0.12, 0.05], [0.92, 0.05], [0.45, 1.48]], [[0.34, 0.76], [0.86, 0.76]]],
  ],
  [[arc(0.5, 0.38, 0.34, 0.35, 90, 450), arc(0.5, 1.1, 0.42, 0.37, -90, 270)]],
  [
    [[...arc(0.5, 0.45, 0.38, 0.42, 0, -360), ...arc(0.38, 0.6, 0.5, 0.88, -2, 75)]],
    [[...arc(0.5, 0.46, 0.4, 0.43, 0, -360), [0.84, 0.7], [0.7, 1.48]]],
  ],
];

/** How `digit` is written this time. */
export function glyphOf(digit: number, chance: Chance): Glyph {
  const shapes = SHAPES[digit];
  if (!shapes) throw new RangeError(`not a digit: ${digit}`);
  return oneOf(chance, shapes);
}
