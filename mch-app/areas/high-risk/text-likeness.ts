/** How alike two texts are, and how to find what is like one among many: shingles, least hashes, bands. */

const SHINGLE = 3;
const BANDS = 32;
const ROWS = 3;
const LIKE = 0.9;

/** A text as it is compared: letters and digits alone, in one width and case. */
export function normalise(text: string): string[] {
  return Array.from(
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ''),
  );
}

/**
 * 32 numbers a text is found by: two texts that share most of their shingles share at least one of them, all but
 * surely; two that share few hardly ever do.
 */
export function bandsOf(text: string): number[] {
  const letters = normalise(text);
  if (letters.length === 0) return [];
  const shingles = new Set<number>();
  for (let at = 0; at + SHINGLE <= Math.max(letters.length, SHINGLE); at += 1) {
    shingles.add(hash(letters.slice(at, at + SHINGLE).join('')));
  }
  return Array.from({ length: BANDS }, (_, band) => {
    let mixed = band;
    for (let row = 0; row < ROWS; row += 1) {
      const seed = mix(band * ROWS + row + 1);
      let least = 0xffffffff;
      for (const shingle of shingles) least = Math.min(least, mix(shingle ^ seed));
      mixed = mix(mixed ^ least);
    }
    return mixed | 0;
  });
}

/**
 * The part of two texts that is equal: 1 less the edits it takes to make one of the other, by the longer one's length.
 * @returns 0 for anything below nine tenths, which nobody asks about
 */
export function likeness(one: string, other: string): number {
  const [a, b] = [normalise(one), normalise(other)];
  const length = Math.max(a.length, b.length);
  if (length === 0) return 0;
  const most = Math.floor(length * (1 - LIKE) + 1e-9);
  const edits = editsWithin(a, b, most);
  return edits === undefined ? 0 : 1 - edits / length;
}

/** Edits from one to the other, looking no further than `most`. */
function editsWithin(a: readonly string[], b: readonly string[], most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined;
  const beyond = most + 1;
  let above = Array.from({ length: b.length + 1 }, (_, at) => Math.min(at, beyond));
  for (let row = 1; row <= a.length; row += 1) {
    const line = Array.from({ length: b.length + 1 }, () => beyond);
    if (row <= most) line[0] = row;
    const from = Math.max(1, row - most);
    const to = Math.min(b.length, row + most);
    for (let at = from; at <= to; at += 1) {
      const kept = (above[at - 1] ?? beyond) + (a[row - 1] === b[at - 1] ? 0 : 1);
      line[at] = Math.min(kept, (above[at] ?? beyond) + 1, (line[at - 1] ?? beyond) + 1, beyond);
    }
    above = line;
  }
  const edits = above[b.length] ?? beyond;
  return edits > most ? undefined : edits;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return mix(value);
}

function mix(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
