import { MINUTE } from '#kit/clock.ts';
import type { CardFailure, CardKind, CardSource, VerifiedCard } from './types.ts';

/** SM-02: how long a challenge stands. */
export const CHALLENGE_MS = 5 * MINUTE;
/** SM-02: tries with a card; after that only paper is left. */
export const CARD_TRIES = 3;

/** subjectDirectoryAttributes of the Taiwanese GPKI: what kind of subject a certificate is about. */
export const SUBJECT_TYPE = '2.16.886.1.100.2.1';
export const CARD_NUMBER = '2.16.886.1.100.2.204';
const KINDS: Record<string, CardKind> = {
  '2.16.886.1.100.3.2.21': 'institution',
  '2.16.886.1.100.3.1.7': 'person',
};

/** What holder the certificate names, if it is one of this PKI at all. */
export function kindOf(subjectTypes: readonly string[]): CardKind | undefined {
  const kinds = new Set(subjectTypes.map((type) => KINDS[type]));
  const [kind] = kinds;
  return kinds.size === 1 ? kind : undefined;
}

const UNIT_CODE = /^[0-9A-Z]{10}$/;

/**
 * SM-02: whether the card is this unit's. The first source that names units decides; a certificate that names none
 * counts for the unit the agency has registered it for.
 */
export function provesUnit(
  card: VerifiedCard,
  unitCode: string,
  sources: readonly CardSource[],
  registered: string | undefined,
): CardFailure | undefined {
  if (card.kind !== 'institution') return 'NOT_ORG_CARD';
  for (const source of sources) {
    const named = source === 'registry' ? [registered ?? ''] : (card.values.get(source) ?? []);
    const units = named.map((value) => value.trim().toUpperCase()).filter((value) => UNIT_CODE.test(value));
    if (units.length > 0) return units.includes(unitCode) ? undefined : 'UNIT_MISMATCH';
  }
  return 'UNIT_MISMATCH';
}

const NATIONAL_ID = /^[A-Z][0-9A-D]\d{8}$/;
const LAST_DIGITS = /^\d{4}$/;

/**
 * Whether a professional's card is this person's. A whole ID number decides alone; its last four digits, which many
 * share, only together with the name.
 */
export function provesPerson(
  card: VerifiedCard,
  person: { nationalId: string; name: string },
  sources: readonly CardSource[],
): CardFailure | undefined {
  if (card.kind !== 'person') return 'NOT_PERSON_CARD';
  const values = sources
    .flatMap((source) => card.values.get(source) ?? [])
    .map((value) => value.trim().toUpperCase());
  const whole = values.filter((value) => NATIONAL_ID.test(value));
  const last = values.filter((value) => LAST_DIGITS.test(value));
  const agrees =
    whole.every((value) => value === person.nationalId) &&
    last.every((value) => person.nationalId.endsWith(value));
  if (!agrees) return 'PERSON_MISMATCH';
  if (whole.length > 0) return undefined;
  return last.length > 0 && card.commonName === person.name.normalize('NFC') ? undefined : 'PERSON_MISMATCH';
}

/** Where no card was looked at, or nobody could be asked about it, none was tried. */
export function countsAsTry(failure: CardFailure): boolean {
  return failure !== 'REVOCATION_UNAVAILABLE' && failure !== 'TIMEOUT' && failure !== 'REPLAY';
}
