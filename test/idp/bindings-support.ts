import { DEMO_LOCAL_PASSWORD } from '#db/idp/seed/world.ts';
import type { IdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';

export const PAGE = '/account/bindings';
export const MCH_OF_NEW = 'P@00000006P@mbh_01';

/** The address of one binding, or of a deed on it. */
export const pathOf = (id: string, deed = ''): string => `${PAGE}/${encodeURIComponent(id)}${deed}`;

/** What demo.new fills in to bind the account that is theirs. */
export const RIGHT = {
  name: '婦幼舊帳號',
  subsystem: 'mch',
  subsystem_account: MCH_OF_NEW,
  subsystem_password: DEMO_LOCAL_PASSWORD,
};

/** demo.new without the binding, its account active, and no try counted. */
export async function resetBinding({ database: { db } }: IdpWorld): Promise<void> {
  await db.deleteFrom('attempt_throttle').execute();
  await db.deleteFrom('binding').where('subsystem_account_id', '=', MCH_OF_NEW).execute();
  await db.updateTable('subsystem_account').set({ status: 'active' }).where('id', '=', MCH_OF_NEW).execute();
}

/** Sends the form of the page the browser is at. */
export function sendBinding(browser: Journey, fields: Partial<typeof RIGHT> = {}): Promise<Page> {
  return browser.submit((form) => 'subsystem_password' in form.fields, { ...RIGHT, ...fields });
}

export function lastAudit({ database: { db } }: IdpWorld, type: string) {
  const events = db.selectFrom('audit_event').selectAll().where('type', '=', type);
  return events.orderBy('id', 'desc').executeTakeFirst();
}

export function personOf({ database: { db } }: IdpWorld, loginName: string) {
  const people = db.selectFrom('account').select(['id', 'national_id_index']);
  return people.where('login_name', '=', loginName).executeTakeFirstOrThrow();
}
