/** How many bytes of a hash a row keeps besides its prefix; with that, one in a billion is found by mistake. */
export const SUFFIX_BYTES = 5;

const HASH_DIGITS = 40;
const PREFIX_DIGITS = 5;
const HIGH_DIGITS = 7;
const LOW_DIGITS = 8;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const COLON = 58;

/** The value of each character as a hexadecimal digit; 255 for any other. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

/** A line that is no hash; `line` counts within the text that was read. */
export class NotAHash extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`line ${line} is not HASH:COUNT`);
    this.line = line;
  }
}

/**
 * The first 60 bits of many hashes, packed. A number of 64 bits for each, so that they are sorted without a
 * comparison written here.
 */
export class HashEntries {
  readonly capacity: number;
  count = 0;
  private readonly all: BigUint64Array<ArrayBuffer>;
  private readonly words: Uint32Array<ArrayBuffer>;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.all = new BigUint64Array(capacity);
    this.words = new Uint32Array(this.all.buffer);
  }

  /**
   * Reads whole lines `HASH:COUNT`, or `HASH` alone; with `prefix`, lines without these leading digits, as the
   * files of a range have them.
   * @throws NotAHash
   */
  read(lines: Uint8Array, prefix: string): void {
    const head = Uint8Array.from(Buffer.from(prefix, 'latin1'));
    const digits = HASH_DIGITS - head.length;
    const hash = new Uint8Array(HIGH_DIGITS + LOW_DIGITS);
    hash.set(head);
    let line = 0;
    for (let at = 0; at < lines.length;) {
      line += 1;
      const newline = lines.indexOf(NEWLINE, at);
      let end = newline === -1 ? lines.length : newline;
      const next = end + 1;
      if (end > at && lines[end - 1] === CARRIAGE_RETURN) end -= 1;
      if (end > at) {
        if (!isEntry(lines, at, end, digits)) throw new NotAHash(line);
        for (let digit = head.length; digit < hash.length; digit += 1) {
          hash[digit] = lines[at + digit - head.length] ?? 0;
        }
        this.add(valueOf(hash, 0, HIGH_DIGITS), valueOf(hash, HIGH_DIGITS, LOW_DIGITS));
      }
      at = next;
    }
  }

  private add(high: number, low: number): void {
    this.words[2 * this.count] = low;
    this.words[2 * this.count + 1] = high;
    this.count += 1;
  }

  /** The hashes by prefix, each row's suffixes sorted and none twice; empties the store. */
  takeRows(): { prefix: number; suffixes: Buffer }[] {
    this.all.subarray(0, this.count).sort();
    const rows: { prefix: number; suffixes: Buffer }[] = [];
    const { words, count } = this;
    let at = 0;
    while (at < count) {
      const prefix = (words[2 * at + 1] ?? 0) >>> 8;
      let end = at;
      while (end < count && (words[2 * end + 1] ?? 0) >>> 8 === prefix) end += 1;
      const suffixes = Buffer.allocUnsafe((end - at) * SUFFIX_BYTES);
      let length = 0;
      for (let index = at; index < end; index += 1) {
        const [low = 0, high = 0] = [words[2 * index], words[2 * index + 1]];
        if (index > at && low === words[2 * index - 2] && high === words[2 * index - 1]) continue;
        suffixes[length] = high & 0xff;
        suffixes.writeUInt32BE(low, length + 1);
        length += SUFFIX_BYTES;
      }
      rows.push({ prefix, suffixes: suffixes.subarray(0, length) });
      at = end;
    }
    this.count = 0;
    return rows;
  }
}

/** Two rows' suffixes as one row's. */
export function mergeSuffixes(one: Buffer, other: Buffer): Buffer {
  const merged = Buffer.allocUnsafe(one.length + other.length);
  let [at, from, length] = [0, 0, 0];
  while (at < one.length || from < other.length) {
    const left = at < one.length ? one.readUIntBE(at, SUFFIX_BYTES) : Infinity;
    const right = from < other.length ? other.readUIntBE(from, SUFFIX_BYTES) : Infinity;
    merged.writeUIntBE(Math.min(left, right), length, SUFFIX_BYTES);
    length += SUFFIX_BYTES;
    if (left <= right) at += SUFFIX_BYTES;
    if (right <= left) from += SUFFIX_BYTES;
  }
  return merged.subarray(0, length);
}

/** Where a hash stands: its row's prefix, and its suffix there. */
export function placeOf(hash: Buffer): { prefix: number; suffix: number } {
  const digits = hash.toString('hex');
  return {
    prefix: Number.parseInt(digits.slice(0, PREFIX_DIGITS), 16),
    suffix: Number.parseInt(digits.slice(PREFIX_DIGITS, PREFIX_DIGITS + 2 * SUFFIX_BYTES), 16),
  };
}

/** Whether a row's suffixes hold this one. */
export function holdsSuffix(suffixes: Buffer, suffix: number): boolean {
  let [low, high] = [0, suffixes.length / SUFFIX_BYTES];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = suffixes.readUIntBE(middle * SUFFIX_BYTES, SUFFIX_BYTES);
    if (found === suffix) return true;
    if (found < suffix) low = middle + 1;
    else high = middle;
  }
  return false;
}

function isEntry(lines: Uint8Array, at: number, end: number, digits: number): boolean {
  if (end - at < digits) return false;
  for (let index = at; index < at + digits; index += 1) {
    if (DIGITS[lines[index] ?? 0] === 255) return false;
  }
  if (end - at === digits) return true;
  if (lines[at + digits] !== COLON || end - at === digits + 1) return false;
  for (let index = at + digits + 1; index < end; index += 1) {
    const code = lines[index] ?? 0;
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function valueOf(digits: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    value = value * 16 + (DIGITS[digits[index] ?? 0] ?? 0);
  }
  return value;
}
