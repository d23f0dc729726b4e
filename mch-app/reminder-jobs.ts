import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { changeTodo } from './change-pages.ts';
import type { IdpApi } from './idp-api/index.ts';
import { menuOf } from './places.ts';
import { type Holder, todosFor } from './record-pages.ts';
import type { Area } from './records/index.ts';
import type { ReminderDeps } from './reminders/index.ts';

/** What the reminders work with: the to-dos of an account as its own pages count them. */
export function reminderDeps(
  deps: { db: Db; clock: Clock; log: Log; api: IdpApi; origin: string },
  areas: readonly Area[],
): ReminderDeps {
  const menu = menuOf(areas);
  return {
    ...deps,
    todosOf({ sub, account }) {
      const holder: Holder = { sub, personName: '', account: { ...account, binding: '' } };
      return todosFor({ clock: deps.clock, menu }, areas, holder, changeTodo(holder));
    },
  };
}
