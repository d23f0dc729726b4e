import type { FunctionPath } from './functions.ts';

/**
 * R read · C create and edit · S submit · V review and approve · U unlock · X export · I import. Own unit,
 * town, county or nation: that is the scope, which follows from duty and unit.
 */
export const RIGHTS = ['R', 'C', 'S', 'V', 'U', 'X', 'I'] as const;
export type Right = (typeof RIGHTS)[number];

/** Rights on a function, or on every function below a group; the central table names only places of its own tree. */
export interface Grant {
  path: FunctionPath | (string & {});
  rights: readonly Right[];
}

/** What decides over an account's rights: codes of our manifest. */
export interface Holder {
  role: string;
  menuRoles: readonly string[];
}

/** Functions below one another, by their slugs; what has nothing below it is a function. */
export interface FunctionTree {
  readonly [slug: string]: FunctionTree;
}

/** What menu roles are given beside the central table. */
export type AddedGrants = Readonly<Record<string, readonly Grant[]>>;
