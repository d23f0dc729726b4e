import type { Migration } from 'kysely/migration';

/** Every migration of the MCH system's database, in order. Once released, none is ever edited. */
export const mchMigrations: Record<string, Migration> = {};
