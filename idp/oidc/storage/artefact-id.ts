import { randomToken } from '#kit/random.ts';

/**
 * Protocol artefacts live in one table per class of lifetime, partitioned by expiry. The class and the expiry
 * bucket stand in the id itself, so a look-up reaches exactly one partition and an expired partition is dropped
 * as a whole. Neither part is secret; 32 random bytes follow.
 */
export interface LifetimeClass {
  letter: string;
  table: 'artefact_minutes' | 'artefact_hours' | 'artefact_weeks';
  /** Span of one partition. With the longest life in the class, at most four partitions hold live rows. */
  bucketSeconds: number;
  longestSeconds: number;
}

export const LIFETIME_CLASSES: readonly [LifetimeClass, LifetimeClass, LifetimeClass] = [
  { letter: 'm', table: 'artefact_minutes', bucketSeconds: 900, longestSeconds: 1800 },
  { letter: 'h', table: 'artefact_hours', bucketSeconds: 4 * 3600, longestSeconds: 10 * 3600 },
  { letter: 'w', table: 'artefact_weeks', bucketSeconds: 12 * 86_400, longestSeconds: 31 * 86_400 },
];

export interface ArtefactPlace {
  table: LifetimeClass['table'];
  bucket: number;
}

const BUCKET_DIGITS = 6; // base 36
const FORM = /^([mhw])([0-9a-z]{6})[A-Za-z0-9_-]{43}$/;
const MAX_BUCKET = 2 ** 31 - 1;

/** A new bearer id for an artefact that expires in `ttlSeconds`. */
export function makeArtefactId(nowSeconds: number, ttlSeconds: number): string {
  const [, , longest] = LIFETIME_CLASSES;
  const life = LIFETIME_CLASSES.find((candidate) => ttlSeconds <= candidate.longestSeconds) ?? longest;
  const bucket = Math.floor((nowSeconds + ttlSeconds) / life.bucketSeconds);
  return life.letter + bucket.toString(36).padStart(BUCKET_DIGITS, '0') + randomToken(32);
}

/** Where the artefact of this id is stored; undefined when we never made such an id. */
export function placeOf(id: string): ArtefactPlace | undefined {
  const match = FORM.exec(id);
  const life = LIFETIME_CLASSES.find((candidate) => candidate.letter === match?.[1]);
  const bucket = Number.parseInt(match?.[2] ?? '', 36);
  return life && bucket <= MAX_BUCKET ? { table: life.table, bucket } : undefined;
}
