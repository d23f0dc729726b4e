type Chance = () => number;

/** What parsers stumble over. */
const TOKENS = [
  ...[
    '\0',
    '\u{feff}',
    '\u{202e}',
    '\ud800',
    '%00',
    '%ff',
    '\r\n',
    '"',
    "'",
    ',',
    ';',
    '=',
    '&',
    '.',
    '..',
    '/',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '[[[[[[[[',
    '{"a":',
    'null',
    'true',
    '-0',
    '1e999',
    '9007199254740993',
    '-1',
    'NaN',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '${X}',
    '${}',
    '<script>',
    '=1+1',
    '\u{ff1d}',
    '王',
    '💉',
    'x'.repeat(3000),
  ],
].map((text) => Buffer.from(text));

const below = (chance: Chance, limit: number): number => Math.floor(chance() * limit);
const pick = <T>(chance: Chance, of: readonly T[]): T => of[below(chance, of.length)] as T;

/** One to four changes to one of the seeds, the same for the same chance. */
export function mutate(seeds: readonly Buffer[], chance: Chance): Buffer {
  let bytes = pick(chance, seeds);
  if (chance() < 0.3) bytes = mutateText(bytes, chance);
  for (let times = 1 + below(chance, 4); times > 0; times -= 1) bytes = change(bytes, seeds, chance);
  return bytes.subarray(0, 200_000);
}

function change(bytes: Buffer, seeds: readonly Buffer[], chance: Chance): Buffer {
  const at = below(chance, bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + below(chance, 16));
  const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (below(chance, 7)) {
    case 0: // a bit
      return Buffer.concat([
        before,
        Buffer.from([(cut[0] ?? 0) ^ (1 << below(chance, 8))]),
        bytes.subarray(at + 1),
      ]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, cut, cut, after]);
    case 3:
      return Buffer.concat([before, pick(chance, TOKENS), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([before, pick(chance, TOKENS), after]);
    case 5: // the end of another
      return Buffer.concat([before, pick(chance, seeds).subarray(at)]);
    default:
      return before;
  }
}

/** Changes within the structure, where there is one: a JSON document, or the JSON within a JWT. */
function mutateText(bytes: Buffer, chance: Chance): Buffer {
  const text = bytes.toString('utf8');
  const parts = text.split('.');
  if (parts.length === 3 && text.startsWith('eyJ')) {
    const at = below(chance, 2);
    parts[at] = mutateJson(Buffer.from(parts[at] ?? '', 'base64url').toString(), chance);
    return Buffer.from(
      parts.map((part, i) => (i === at ? Buffer.from(part).toString('base64url') : part)).join('.'),
    );
  }
  return text.startsWith('{') || text.startsWith('[') ? Buffer.from(mutateJson(text, chance)) : bytes;
}

const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, 2 ** 53, '', '\0', 'x'.repeat(5000), [], {}, [[[]]], ['a', 'a']],
  ...[{ toString: 1 }, { length: 1e9 }, '2026-02-30', 'https://[::1]:99999', '${X}'],
];

function mutateJson(text: string, chance: Chance): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return text;
  }
  const places: [Record<string, unknown>, string][] = [];
  collect(document, places);
  if (places.length === 0) return text;
  const [holder, key] = pick(chance, places);
  if (chance() < 0.3) delete holder[key];
  else holder[key] = pick(chance, ODD);
  return JSON.stringify(document);
}

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    places.push([value as Record<string, unknown>, key]);
    collect(member, places);
  }
}
