import type { SchemaStep } from '#db/migrate.ts';
import { sqlStep } from '#db/migrate.ts';
import type { AddedGrants, FunctionTree } from '../access/index.ts';
import type { LabelTexts } from './labels.ts';
import type { SeedBooks, SeedCourse, SeedRecord } from './seed.ts';
import type { AreaTodo } from './todos.ts';
import type { RecordKind, Report } from './types.ts';

/** SQL alone, or with indexes on tables in use, made beside it as those of a migration are. */
type AreaStep = string | { sql: string; indexes: Record<string, string> };

/** One business area: everything the engine needs to know of it. */
export interface Area {
  /** Its place in the menu, e.g. `maternal/gbs`. */
  path: string;
  labels: LabelTexts;
  /** Functions it brings to the menu itself, below its path; their names are the labels `menu` and `menu.<slugs>`. */
  functions?: FunctionTree;
  /** What menu roles may do with those, beside the central table. */
  grants?: AddedGrants;
  kinds: readonly RecordKind[];
  /** Kinds that stand at a second place too, under the rights on that place: such as where they are approved. */
  alsoAt?: readonly RecordKind[];
  /** SQL of its tables, step by step; once released none is ever edited. */
  schema: Readonly<Record<string, AreaStep>>;
  reports: readonly Report[];
  todos: readonly AreaTodo[];
  /** The records it would hold of a synthetic pregnancy, parents before what belongs to them. */
  seed?: (course: SeedCourse) => SeedRecord[];
  /** The same for a demonstration alone: what has rows below it, or what the engine makes, is not copied by the million. */
  demo?: (course: SeedCourse) => SeedRecord[];
  /** What its units make of those months in a demonstration. */
  demoBooks?: (books: SeedBooks) => SeedRecord[];
}

/** The schema of all areas as steps of the migration. */
export function schemaOf(areas: readonly Area[]): Record<string, SchemaStep> {
  return Object.fromEntries(
    areas.flatMap(({ path, schema }) =>
      Object.entries(schema).map(([step, told]) => [
        `area-${path.replaceAll('/', '-')}-${step}`,
        typeof told === 'string' ? sqlStep(told) : { ...sqlStep(told.sql), indexes: told.indexes },
      ]),
    ),
  );
}

/** Kinds by their keys. @throws Error for two of one key */
export function indexKinds(areas: readonly Area[]): (key: string) => RecordKind {
  const kinds = new Map<string, RecordKind>();
  for (const kind of areas.flatMap((area) => area.kinds)) {
    if (kinds.has(kind.key)) throw new Error(`two kinds are called ${kind.key}`);
    kinds.set(kind.key, kind);
  }
  return (key) => {
    const kind = kinds.get(key);
    if (!kind) throw new Error(`no area tells ${key}`);
    return kind;
  };
}
