import type { Db } from '#db/idp/tables.ts';
import { countOpen } from './store/alerts.ts';

/** Alerts nobody answered yet, for the console's home; overdue after a day. */
export function alertWork({ db }: { db: Db }) {
  return {
    key: 'console-alerts.title',
    url: '/console/alerts?state=open',
    deed: 'alerts.read' as const,
    count: () => countOpen(db),
  };
}
