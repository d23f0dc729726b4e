import { type Chance, between } from './chance.ts';
import { type Point, glyphOf } from './glyphs.ts';
import { encodePng } from './png.ts';
import { Raster } from './raster.ts';

const WIDTH = 240;
const HEIGHT = 80;
const DIGIT_WIDTH = 29;
const MARGIN = 22;

/** A picture of `digits`, written anew each time: turned, bent, crossed by lines, on speckled paper. */
export function drawDigits(digits: string, chance: Chance): Buffer {
  const raster = new Raster(WIDTH, HEIGHT);
  const bend = wave(chance);
  const pitch = (WIDTH - 2 * MARGIN) / digits.length;
  for (const [index, digit] of Array.from(digits).entries()) {
    const centre: Point = [
      MARGIN + pitch * (index + 0.5) + between(chance, -4, 4),
      HEIGHT / 2 + between(chance, -7, 7),
    ];
    const place = placement(centre, chance);
    const thickness = between(chance, 3.4, 4.8);
    for (const stroke of glyphOf(Number(digit), chance)) {
      raster.stroke(subdivide(stroke).map(place).map(bend), thickness);
    }
  }
  for (let line = 0; line < 2; line += 1) raster.stroke(crossing(chance), between(chance, 1.5, 2.4), 0.95);
  return encodePng(WIDTH, HEIGHT, colour(raster, chance));
}

/** Puts a glyph at `centre`, each time of another size, slant and angle. */
function placement([cx, cy]: Point, chance: Chance): (point: Point) => Point {
  const angle = between(chance, -0.28, 0.28);
  const slant = between(chance, -0.22, 0.22);
  const wide = DIGIT_WIDTH * between(chance, 0.85, 1.15);
  const high = DIGIT_WIDTH * between(chance, 0.95, 1.2);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => {
    const v = (y - 0.75) * high;
    const u = (x - 0.5) * wide - slant * v;
    return [cx + u * cos - v * sin, cy + u * sin + v * cos];
  };
}

/** Bends the whole sheet, so that no digit keeps straight lines. */
function wave(chance: Chance): (point: Point) => Point {
  const [a, b] = [between(chance, 1.2, 2.6), between(chance, 1.5, 3)];
  const [p, q] = [between(chance, 0, 6.28), between(chance, 0, 6.28)];
  const [f, g] = [between(chance, 0.07, 0.12), between(chance, 0.04, 0.07)];
  return ([x, y]) => [x + a * Math.sin(y * f + p), y + b * Math.sin(x * g + q)];
}

/** A curve from edge to edge through the digits, of nearly their own weight. */
function crossing(chance: Chance): Point[] {
  const [start, end] = [between(chance, 12, HEIGHT - 12), between(chance, 12, HEIGHT - 12)];
  const [height, frequency] = [between(chance, 4, 12), between(chance, 0.02, 0.06)];
  return Array.from({ length: 41 }, (_, step): Point => {
    const x = (WIDTH * step) / 40;
    return [x, start + ((end - start) * step) / 40 + height * Math.sin(x * frequency)];
  });
}

function subdivide(stroke: readonly Point[]): Point[] {
  return stroke.flatMap((to, index): Point[] => {
    const from = stroke[index - 1];
    if (!from) return [to];
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 0.15));
    return Array.from({ length: steps }, (_, step) => {
      const share = (step + 1) / steps;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    });
  });
}

/** Dark ink of varying hue on pale speckled paper; the contrast stays far above 4.5:1. */
function colour(raster: Raster, chance: Chance): Uint8Array {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  const ink = [between(chance, 10, 50), between(chance, 20, 60), between(chance, 40, 100)];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const speck = chance() < 0.04 ? between(chance, 40, 110) : 5 * Math.floor(between(chance, 0, 3));
      const covered = raster.inkAt(x, y);
      const paper = 250 - speck;
      for (const [channel, tone] of ink.entries()) {
        rgb[(y * WIDTH + x) * 3 + channel] = paper + (tone + speck / 2 - paper) * covered;
      }
    }
  }
  return rgb;
}
