import { DEMO_LOCAL_PASSWORD, DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import {
  MCH_OF_NEW,
  PAGE,
  RIGHT,
  lastAudit,
  pathOf,
  personOf,
  resetBinding,
  sendBinding,
} from './bindings-support.ts';

describe('proving a subsystem account', () => {
  let world: IdpWorld;
  let someone: Journey;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    someone = await portalOf(world, 'demo.new');
  });
  afterAll(() => world.stop());
  beforeEach(() => resetBinding(world));

  const open = (browser = someone) => browser.open(world.issuer + PAGE);

  it.each<[string, Partial<typeof RIGHT>, string]>([
    ['an account that does not exist', { subsystem_account: 'P@99999999P@mbh_01' }, 'unknown_account'],
    ['a wrong password', { subsystem_password: 'Wrong*2026Password' }, 'wrong_password'],
    ['an account of another subsystem', { subsystem: 'cancer' }, 'unknown_account'],
    [
      'another person’s account, even by its right password',
      { subsystem_account: 'P@00000099P@mbh_01' },
      'other_person',
    ],
  ])('SM-07: answers %s with the same words', async (_what, fields, reason) => {
    const { db } = world.database;
    const mine = db.selectFrom('subsystem_account').selectAll().where('id', '=', MCH_OF_NEW);
    const { national_id_index } = await personOf(world, 'demo.nurse');
    await db
      .insertInto('subsystem_account')
      .values({
        ...(await mine.executeTakeFirstOrThrow()),
        id: 'P@00000099P@mbh_01',
        fields: '{}',
        national_id_index,
      })
      .onConflict((on) => on.doNothing())
      .execute();
    await open();
    const page = await sendBinding(someone, fields);
    expect(page.status).toBe(422);
    const asked = page.text.slice(page.text.indexOf('請修正下列問題'));
    expect(asked).toMatch(/^請修正下列問題 無法驗證這個帳號。請確認系統、帳號與密碼/);
    expect(page.forms.find((form) => 'subsystem_password' in form.fields)?.fields).toMatchObject({
      name: '婦幼舊帳號',
      subsystem_password: '',
    });
    expect((await lastAudit(world, 'binding.refused'))?.reason).toBe(reason);
    const bound = db.selectFrom('binding').select('name').where('name', '=', '婦幼舊帳號');
    expect(await bound.execute()).toEqual([]);
  });

  it('SM-07: refuses an account that is not active, in the same words', async () => {
    for (const status of ['pending', 'disabled', 'suspended'] as const) {
      await world.database.db
        .updateTable('subsystem_account')
        .set({ status })
        .where('id', '=', MCH_OF_NEW)
        .execute();
      await open();
      expect((await sendBinding(someone)).text).toContain('無法驗證這個帳號');
      expect((await lastAudit(world, 'binding.refused'))?.reason).toBe('not_active');
      await world.database.db.deleteFrom('attempt_throttle').execute();
    }
  });

  it('SM-07: three failures lock the target for everyone, however many come at once at two replicas', async () => {
    const cookie = someone.jar.header(new URL(world.issuer));
    const attempt = async (index: number) => {
      const response = await fetch(`${world.replicaUrls[index % 2]}${PAGE}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, origin: world.issuer, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          name: `第${index}`,
          subsystem: 'mch',
          subsystem_account: MCH_OF_NEW,
          subsystem_password: 'Wrong*2026Password',
        }).toString(),
      });
      return response.status;
    };
    const before = (await lastAudit(world, 'binding.refused'))?.id ?? 0;
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => attempt(index)));
    expect(new Set(statuses)).toEqual(new Set([422]));
    const refusals = await world.database.db
      .selectFrom('audit_event')
      .select(['reason', 'details'])
      .where('type', '=', 'binding.refused')
      .where('id', '>', before)
      .execute();
    expect(refusals.filter(({ reason }) => reason === 'wrong_password')).toHaveLength(3);
    expect(refusals.filter(({ reason }) => reason === 'locked')).toHaveLength(17);
    expect(refusals.filter(({ details }) => details['locks'] === true)).toHaveLength(1);

    await open();
    expect((await sendBinding(someone)).text).toContain('無法驗證這個帳號'); // the right password, while locked
    await world.database.db
      .updateTable('attempt_throttle')
      .set({ locked_until: new Date(Date.now() - 1000) })
      .execute();
    expect((await sendBinding(someone)).text).toContain('已完成綁定');
  });

  it('SM-07: one of many that bind at once wins, and only one audit record says so', async () => {
    const count = async () =>
      (
        await world.database.db
          .selectFrom('audit_event')
          .select('id')
          .where('type', '=', 'binding.added')
          .execute()
      ).length;
    const before = await count();
    const fields = (name: string) => ({
      name,
      subsystem: 'mch',
      subsystem_account: MCH_OF_NEW,
      subsystem_password: DEMO_LOCAL_PASSWORD,
    });
    const answers = await Promise.all(
      ['甲', '乙', '丙'].map((name) => forgeForm(world, someone, PAGE, fields(name))),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await count()).toBe(before + 1);
  });

  it('SM-07: an own account without a password of its own is bound again by the person’s own, counted as at sign-in', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const id = 'P@00000001P@qss_01';
    await forgeForm(world, nurse, pathOf(id, '/removal'), {});
    const fields = { name: '戒菸', subsystem: 'smoking', subsystem_account: id };
    for (let tries = 0; tries < 3; tries += 1) {
      const wrong = await forgeForm(world, nurse, PAGE, {
        ...fields,
        subsystem_password: 'Wrong*2026Password',
      });
      expect(wrong.status).toBe(422);
    }
    const kinds = await world.database.db
      .selectFrom('attempt_throttle')
      .select(['kind', 'failures'])
      .execute();
    expect(kinds).toEqual([{ kind: 'password', failures: 3 }]);
    const right = { ...fields, subsystem_password: DEMO_PASSWORD };
    expect((await forgeForm(world, nurse, PAGE, right)).status).toBe(422);
    await world.database.db.deleteFrom('attempt_throttle').execute();
    expect((await forgeForm(world, nurse, PAGE, right)).status).toBe(303);
  });

  it('SM-07: an account bound under another entry account of the same person moves, and both are told', async () => {
    const { db } = world.database;
    const [other, mine] = await Promise.all([personOf(world, 'demo.ops'), personOf(world, 'demo.new')]);
    await db
      .insertInto('binding')
      .values({ subsystem_account_id: MCH_OF_NEW, account_id: other.id, name: '舊' })
      .execute();
    await db
      .updateTable('subsystem_account')
      .set({ account_id: other.id })
      .where('id', '=', MCH_OF_NEW)
      .execute();
    await open();
    expect((await sendBinding(someone)).text).toContain('已完成綁定');
    expect(await lastAudit(world, 'binding.removed')).toMatchObject({
      account_id: other.id,
      actor_account_id: mine.id,
      details: { moved: true },
    });
    const told = await db
      .selectFrom('mail_message')
      .select('account_id')
      .where('account_id', '=', other.id)
      .execute();
    expect(told).toHaveLength(1);
    await db
      .updateTable('subsystem_account')
      .set({ account_id: mine.id })
      .where('id', '=', MCH_OF_NEW)
      .execute();
  });
});
