import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { eventually } from '../support/eventually.ts';
import { addApplication, addPerson, addRequest, consoleOf, servicesOf } from '../support/review-world.ts';

/* A power cut between a decision and what it opens leaves both or neither. */

let world: IdpWorld;
beforeAll(async () => {
  world = await startIdpWorld();
});
afterAll(() => world.stop());

const lockMails = (trx: Trx) => sql`lock table mail_message in exclusive mode`.execute(trx);

/** Until some connection waits for the lock. */
async function waitForALock(): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql<{ waiting: number }>`
      select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(world.database.db);
    expect(rows[0]?.waiting).toBeGreaterThan(0);
  });
}

/** Decides while nobody may write a mail, the last thing a decision does, and pulls the plug. */
async function cutOff(path: string, decision: string): Promise<void> {
  const hpa = consoleOf(world, await portalOf(world, 'demo.hpa'));
  const { forms } = await hpa.open(path);
  const version = forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
  await world.database.db.transaction().execute(async (trx) => {
    await lockMails(trx);
    const answer = hpa
      .post(`${path}/decision`, { decision, reason: '同意', version, confirmed: 'yes' })
      .catch(() => undefined);
    await waitForALock();
    await world.replicas[0]?.kill();
    await answer;
  });
  await world.restart(0);
}

test('F8: kill -9 between an approval and the account it opens: all or nothing', async () => {
  const { db } = world.database;
  const { id, loginName } = await addApplication(world);
  await cutOff(`/console/enrollments/${id}`, 'approve');
  const enrollment = await db
    .selectFrom('enrollment')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst();
  const accounts = await db.selectFrom('account').select('id').where('login_name', '=', loginName).execute();
  expect([enrollment?.status, accounts.length]).toEqual(['pending_unit_review', 0]);
  const hpa = consoleOf(world, await portalOf(world, 'demo.hpa'));
  expect((await hpa.decide(`/console/enrollments/${id}`, 'approve')).status).toBe(303);
});

test('F8: the same for a managing subsystem account: no half-granted role', async () => {
  const { db } = world.database;
  const asker = await addPerson(world, { loginName: 'half.way', unit: '2311170010' });
  const wish = {
    unitCode: '2311170010',
    role: 'mch_manager',
    duty: 'health_station',
    menuRoles: ['hs_card'],
  };
  const id = await addRequest(await servicesOf(world), asker, wish);
  await cutOff(`/console/access-requests/${id}`, 'approve');
  const request = await db
    .selectFrom('subsystem_request')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst();
  const accounts = await db
    .selectFrom('subsystem_account')
    .select('id')
    .where('account_id', '=', asker)
    .execute();
  expect([request?.status, accounts.length]).toEqual(['submitted', 0]);
});
