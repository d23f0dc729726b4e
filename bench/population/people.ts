import { readFileSync } from 'node:fs';
import path from 'node:path';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { nationalIdIndex, sealNationalId } from '#idp/accounts/index.ts';
import { COUNTIES } from '#idp/units/index.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { CopyValue } from './copy.ts';
import { createRandom, pick, uuidOf } from './random.ts';

/** Units and people that nobody could take for real ones. */

const WORDS = JSON.parse(readFileSync(path.join(import.meta.dirname, 'labels/names.json'), 'utf8')) as {
  surnames: string;
  given: string;
  unit: string;
  kinds: Record<string, string>;
  titles: string[];
  street: string;
  number: string;
};

const TOWNS = COUNTIES.flatMap((county) => county.towns.map((town) => ({ county, town })));
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
const DAY = 86_400_000;
export const EPOCH = Date.UTC(2026, 10, 22);

/** The most common kinds first. */
const KINDS: [string, number, string][] = [
  ['clinic', 0.5, '35'],
  ['dental_clinic', 0.65, '37'],
  ['chinese_medicine_clinic', 0.77, '38'],
  ['pharmacy', 0.92, '59'],
  ['therapy', 0.95, '71'],
  ['home_nursing', 0.97, '76'],
  ['laboratory', 0.98, '61'],
  ['health_station', 0.985, '23'],
  ['hospital', 0.998, '15'],
  ['midwifery_clinic', 1, '63'],
];

export const UNIT_COLUMNS = [
  ...['code', 'name', 'name_en', 'kind', 'county', 'town', 'status', 'address', 'phone', 'level'],
];

export const unitCode = (n: number): string => {
  const [, , prefix] = kindOf(n);
  return `${prefix}${String(n).padStart(8, '0')}`;
};

function kindOf(n: number): [string, number, string] {
  const share = (Math.imul(n, 2_654_435_761) >>> 0) / 4_294_967_296;
  return KINDS.find(([, upTo]) => share < upTo) ?? KINDS[0]!;
}

export function* unitRows(count: number, seed: number): Generator<CopyValue[]> {
  const random = createRandom(seed);
  for (let n = 1; n <= count; n += 1) {
    const [kind] = kindOf(n);
    const { county, town } = pick(random, TOWNS);
    const name = `${WORDS.unit}${pick(random, WORDS.given)}${pick(random, WORDS.given)}${n}${WORDS.kinds[kind] ?? ''}`;
    const address = `${county.name}${town.name}${WORDS.street}${1 + (n % 300)}${WORDS.number}`;
    const isClosed = random() < 0.04;
    const phone = `02-5550${String(n % 10_000).padStart(4, '0')}`;
    yield [
      ...[unitCode(n), name, `Synthetic ${kind.replaceAll('_', ' ')} ${n}`, kind, county.code, town.code],
      ...[isClosed ? 'closed' : 'active', address, phone, kind === 'hospital' ? '3' : '4'],
    ];
  }
}

export const ACCOUNT_COLUMNS = [
  ...[
    'id',
    'person_no',
    'login_name',
    'name',
    'title',
    'email',
    'phone',
    'mobile',
    'unit_code',
    'role',
    'status',
  ],
  ...['national_id_sealed', 'national_id_index', 'last_sign_in_at', 'created_at'],
];

/** Numbers of the demo and of real people lie below and above. */
const FIRST_PERSON_NO = 30_000_000;

/** The sizes of units are as skewed as real ones: most have one or two people, a few have hundreds. */
export function* accountRows(
  of: { accounts: number; units: number; seed: number },
  keyring: Keyring,
): Generator<CopyValue[]> {
  const random = createRandom(of.seed + 1);
  let unit = 0;
  let place = 0;
  let size = 0;
  for (let n = 1; n <= of.accounts; n += 1) {
    if (place >= size) {
      unit = (unit % of.units) + 1;
      place = 0;
      size = sizeOf(random());
    }
    place += 1;
    const id = uuidOf('acc', n);
    const nationalId = syntheticNationalId(
      LETTERS[n % 26] ?? 'A',
      n % 2 === 0 ? 1 : 2,
      1000 + Math.floor(n / 52),
    );
    const loginName = `synthetic.${String(n).padStart(7, '0')}`;
    const name = pick(random, WORDS.surnames) + pick(random, WORDS.given) + pick(random, WORDS.given);
    const isManager = place === 1 || (place === 2 && size > 4);
    const createdAt = EPOCH - Math.floor(random() * 1000) * DAY;
    const signedInAt = createdAt + Math.floor(random() * (EPOCH - createdAt));
    yield [
      ...[id, String(FIRST_PERSON_NO + n), loginName, name, pick(random, WORDS.titles)],
      ...[`${loginName}@example.test`, `02-5550${String(n % 10_000).padStart(4, '0')}`],
      ...[`0900-${String(n % 1_000_000).padStart(6, '0')}`, unitCode(unit)],
      ...[isManager ? 'unit_manager' : 'user', random() < 0.05 ? 'disabled' : 'active'],
      ...[sealNationalId(keyring, nationalId, id), nationalIdIndex(keyring, nationalId)],
      ...[random() < 0.1 ? null : new Date(signedInAt), new Date(createdAt)],
    ];
  }
}

function sizeOf(share: number): number {
  if (share < 0.55) return 1;
  if (share < 0.8) return 2 + (Math.floor(share * 1000) % 3);
  if (share < 0.95) return 5 + (Math.floor(share * 1000) % 4);
  return share < 0.999 ? 10 + (Math.floor(share * 10_000) % 30) : 500;
}
