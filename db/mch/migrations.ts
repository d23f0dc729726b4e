import type { SchemaStep } from '../migrate.ts';
import * as sessions from './migrations/0001-sessions.ts';
import * as endedElsewhere from './migrations/0002-ended-elsewhere.ts';
import * as auditRetention from './migrations/0029-audit-retention.ts';
import * as records from './migrations/0030-records.ts';
import * as changeRequests from './migrations/0031-change-requests.ts';
import * as notices from './migrations/0032-notices.ts';
import * as imports from './migrations/0033-imports.ts';
import * as unitsInUse from './migrations/0033-units-in-use.ts';
import * as desk from './migrations/0034-desk.ts';
import * as reminders from './migrations/0034b-reminders.ts';
import * as signInLog from './migrations/0035-sign-in-log.ts';
import * as childrenBorn from './migrations/0036-children-born.ts';
import * as recordOrder from './migrations/0036-record-order.ts';
import * as births from './migrations/0037-births.ts';
import * as keptForm from './migrations/0038-kept-form.ts';
import * as draftPlaces from './migrations/0039-draft-places.ts';
import * as content from './migrations/0040-content.ts';
import * as draftPersons from './migrations/0042-draft-persons.ts';
import * as awaiting from './migrations/0043-awaiting.ts';
import * as waiting from './migrations/0044-waiting.ts';
import * as importEnded from './migrations/0045-import-ended.ts';
import * as todoOrder from './migrations/0046-todo-order.ts';
import * as actingFor from './migrations/0047-acting-for.ts';

/** Every migration of the MCH system's database, in order. Once released, none is ever edited. */
export const mchMigrations: Record<string, SchemaStep> = {
  '0001-sessions': sessions,
  '0002-ended-elsewhere': endedElsewhere,
  '0029-audit-retention': auditRetention,
  '0030-records': records,
  '0031-change-requests': changeRequests,
  '0032-notices': notices,
  '0033-imports': imports,
  '0033-units-in-use': unitsInUse,
  '0034-desk': desk,
  '0034b-reminders': reminders,
  '0035-sign-in-log': signInLog,
  '0036-children-born': childrenBorn,
  '0036-record-order': recordOrder,
  '0037-births': births,
  '0038-kept-form': keptForm,
  '0039-draft-places': draftPlaces,
  '0040-content': content,
  '0042-draft-persons': draftPersons,
  '0043-awaiting': awaiting,
  '0044-waiting': waiting,
  '0045-import-ended': importEnded,
  '0046-todo-order': todoOrder,
  '0047-acting-for': actingFor,
};
