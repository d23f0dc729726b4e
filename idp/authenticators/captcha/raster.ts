import type { Point } from './glyphs.ts';

/** A greyscale picture that ink is added to: 0 is paper, 1 is ink. */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly #ink: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#ink = new Float32Array(width * height);
  }

  inkAt(x: number, y: number): number {
    return this.#ink[y * this.width + x] ?? 0;
  }

  /** Draws a line through `points` with round ends, `thickness` pixels wide, smooth at its edges. */
  stroke(points: readonly Point[], thickness: number, darkness = 1): void {
    for (const [index, to] of points.entries()) {
      const from = points[index - 1];
      if (from) this.#segment(from, to, thickness / 2, darkness);
    }
  }

  #segment([x1, y1]: Point, [x2, y2]: Point, radius: number, darkness: number): void {
    const reach = radius + 1;
    const left = Math.max(0, Math.floor(Math.min(x1, x2) - reach));
    const right = Math.min(this.width - 1, Math.ceil(Math.max(x1, x2) + reach));
    const top = Math.max(0, Math.floor(Math.min(y1, y2) - reach));
    const bottom = Math.min(this.height - 1, Math.ceil(Math.max(y1, y2) + reach));
    const [dx, dy] = [x2 - x1, y2 - y1];
    const squared = dx * dx + dy * dy || 1;
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) {
        const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / squared));
        const distance = Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
        const ink = Math.min(1, Math.max(0, radius + 0.5 - distance)) * darkness;
        const at = y * this.width + x;
        if (ink > (this.#ink[at] ?? 0)) this.#ink[at] = ink;
      }
    }
  }
}
