import type { Migration } from 'kysely/migration';
import * as sessions from './migrations/0001-sessions.ts';

/** Every migration of the MCH system's database, in order. Once released, none is ever edited. */
export const mchMigrations: Record<string, Migration> = {
  '0001-sessions': sessions,
};
