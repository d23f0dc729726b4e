import { taipeiDay } from '#kit/clock.ts';
import type { RecordKind, RecordState, Values } from './types.ts';

/** Synthetic records, for the demonstration and for measuring: areas tell which they would hold of a pregnancy. */

export interface SeedUnit {
  code: string;
  name: string;
  kind: string;
  county: string;
  town: string;
}

/** The units one pregnancy comes by. */
export type SeedPlaces = Readonly<
  Record<'clinic' | 'elsewhere' | 'hospital' | 'laboratory' | 'confirming' | 'station' | 'bureau', SeedUnit>
>;

export type SeedTexts = Readonly<
  Record<
    | 'note'
    | 'agency'
    | 'physician'
    | 'manager'
    | 'problem'
    | 'goal'
    | 'measure'
    | 'contact'
    | 'reason'
    | 'refusal',
    string
  >
>;

/** A pregnancy and what came of it. */
export interface SeedCourse {
  /** The same numbers for the same course, whichever areas there are. */
  random: () => number;
  /** Whether something happens that happens in a share `of` all. */
  happens: (of: number) => boolean;
  /** The same for what is rare: a demonstration, being small, has more of it. */
  rarely: (of: number) => boolean;
  now: Date;
  mother: { idNo: string; name: string; birthDate: string };
  edc: string;
  places: SeedPlaces;
  /** Undefined before the birth. */
  child:
    | {
        idNo: string;
        name: string;
        bornAt: Date;
        birthDate: string;
        sex: 'male' | 'female';
        isAlive: boolean;
      }
    | undefined;
  /** Words for fields that take any. */
  texts: SeedTexts;
  /** What the shared blocks ask, by the names of their fields. */
  facts: Values;
}

export interface SeedRecord {
  kind: RecordKind;
  by: SeedUnit;
  at: Date;
  /** What is typed beside the shared blocks; what is left out is empty. */
  values: Values;
  /** The rows typed below, group by group. */
  rows?: Readonly<Record<string, readonly Values[]>>;
  /** The record it belongs to, or the one that had this one's made as it was entered. */
  parent?: SeedRecord;
  /** `paid` follows from what else is entered. */
  state?: Extract<RecordState, 'draft' | 'submitted' | 'approved' | 'paid'>;
}

/** What units make of months of work, such as claims, once all that happened to people is known. */
export interface SeedBooks {
  now: Date;
  places: SeedPlaces;
  texts: SeedTexts;
  /** Everything that is entered of the courses. */
  records: readonly SeedRecord[];
}

/** Everything of a course that has happened by now: what lies ahead is left out, and what would belong to it. */
export function untilNow(course: SeedCourse, records: readonly (SeedRecord | undefined)[]): SeedRecord[] {
  const happened: SeedRecord[] = [];
  for (const record of records) {
    if (!record || record.at > course.now) continue;
    if (record.parent === undefined || happened.includes(record.parent)) happened.push(record);
  }
  return happened;
}

/** A moment so many days after a day, at an hour in Taipei. */
export function momentAfter(day: string, days: number, hour = 10): Date {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + days * 86_400_000 + hour * 3_600_000);
}

/** The day so many days after a day. */
export const dayAfter = (day: string, days: number): string => taipeiDay(momentAfter(day, days));
