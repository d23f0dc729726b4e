import type { SchemaStep } from '../migrate.ts';
import * as sessions from './migrations/0001-sessions.ts';
import * as endedElsewhere from './migrations/0002-ended-elsewhere.ts';
import * as auditRetention from './migrations/0029-audit-retention.ts';

/** Every migration of the MCH system's database, in order. Once released, none is ever edited. */
export const mchMigrations: Record<string, SchemaStep> = {
  '0001-sessions': sessions,
  '0002-ended-elsewhere': endedElsewhere,
  '0029-audit-retention': auditRetention,
};
