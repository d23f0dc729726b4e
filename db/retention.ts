import { type Kysely, sql } from 'kysely';
import { DAY, after } from '#kit/clock.ts';

/** What becomes of the rows of a table in the end. */
export type Keeping =
  /** In partitions made ahead and dropped whole. */
  | { kind: 'partitions'; life: string }
  /** Cleared away by a job of its own soon after it ends. */
  | { kind: 'expires'; life: string }
  /** Forgotten when old: by a setting, or after days nobody need choose. */
  | { kind: 'aged'; rules: readonly AgeRule[] }
  /** Goes with the row it belongs to. */
  | { kind: 'part'; of: string }
  /** Stays as long as the account or thing it describes; its number is bounded by theirs. */
  | { kind: 'holds'; why: string };

export interface AgeRule {
  /** The moment that counts. With `through` it is the parent's. */
  column: string;
  age: { setting: string } | { days: number };
  /** Only these rows, as SQL over the table's own columns. */
  only?: string;
  /** The parent row whose age counts: its table, and the columns that join them. */
  through?: { table: string; own: string; key: string };
  /** Kept that many times as long. */
  times?: number;
  /** Said in the table of retention. */
  what: string;
}

/** The moment before which a row of this rule is old. */
export function ageLimit(rule: AgeRule, days: Record<string, number>, now: Date): Date {
  const own = 'days' in rule.age ? rule.age.days : (days[rule.age.setting] ?? Number.POSITIVE_INFINITY);
  return after(now, -own * (rule.times ?? 1) * DAY);
}

const BATCH = 1000;
/** Between batches, so that whoever waits for the disk or a lock comes first. */
const PAUSE_MS = 20;

/**
 * Deletes rows that have come of age, in transactions of a thousand rows at most, oldest first through the index
 * on the column; rows somebody holds are left for the next time.
 * @param before the moment before which a row is old
 * @param deadline when to stop and go on at the next run
 * @returns how many went
 */
export async function forgetAged<Tables>(
  db: Kysely<Tables>,
  table: string,
  rule: AgeRule,
  before: Date,
  deadline: number,
): Promise<number> {
  let total = 0;
  for (let found = BATCH; found === BATCH && performance.now() < deadline;) {
    const { numAffectedRows } = await deletion(table, rule, before).execute(db);
    found = Number(numAffectedRows ?? 0n);
    total += found;
    if (found === BATCH) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return total;
}

/** The statement of one batch. */
export function deletion(table: string, { column, only, through }: AgeRule, before: Date) {
  const name = sql.table(table);
  const condition = only === undefined ? sql`` : sql` and ${sql.raw(only)}`;
  const chosen =
    through === undefined
      ? sql`select ctid from ${name} where ${sql.ref(column)} < ${before}${condition}
          order by ${sql.ref(column)} limit ${sql.lit(BATCH)} for update skip locked`
      : sql`select child.ctid from ${sql.table(through.table)} parent
          join ${name} child on ${sql.ref(`child.${through.own}`)} = ${sql.ref(`parent.${through.key}`)}
          where ${sql.ref(`parent.${column}`)} < ${before}
          limit ${sql.lit(BATCH)} for update of child skip locked`;
  return sql`delete from ${name} where ctid = any(array(${chosen}))`;
}
