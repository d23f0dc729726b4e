import { planSteps } from '#idp/breaches/policy.ts';
import { type BreachDeps, tellOverdue } from '#idp/breaches/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { lastAudit } from './bindings-support.ts';

const PAGE = '/console/breaches';
const HOURS = { reportIncident: 1, notifyAuthority: 72, notifyPersons: 168 };

describe('§5.3: the breach register', () => {
  let world: IdpWorld;
  let hpa: Journey;
  let manager: Journey;
  let deps: BreachDeps;
  beforeAll(async () => {
    world = await startIdpWorld();
    [hpa, manager] = (await Promise.all(
      ['demo.hpa', 'demo.manager'].map((name) => portalOf(world, name)),
    )) as [Journey, Journey];
    deps = {
      db: world.database.db,
      keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
      clock: systemClock,
      config: { issuer: world.issuer, watch: { mailTo: [] }, breaches: HOURS },
    };
  });
  afterAll(() => world.stop());

  const open = (path = PAGE, who = hpa) => who.open(world.issuer + path);
  const taipei = (at: number): string => new Date(at + 8 * 3_600_000).toISOString().slice(0, 16);
  const asks = (name: string) => (form: { fields: object }) => name in form.fields;
  const record = async (fields: Record<string, string>) => {
    await open(`${PAGE}/new`);
    return hpa.submit(asks('description'), {
      ...{ name: '名單誤寄', kind: 'leak', level: '2', known: taipei(Date.now() - 7_200_000) },
      ...{ description: '承辦人誤寄\n<b>名單</b>', persons: '12', unit: '', occurred: '' },
      ...fields,
    });
  };
  const mails = async () => {
    const rows = world.database.db.selectFrom('mail_message').select('dedupe_key').where('kind', '=', 'N18');
    return (await rows.execute()).map(({ dedupe_key }) => dedupe_key);
  };

  it('N18, §5.3: is recorded with its deadlines, told at once, and each missed deadline once', async () => {
    const page = await record({});
    expect(page.text).toContain('已登錄，並已通知相關人員');
    expect(page.html).toContain('&lt;b&gt;名單');
    const told = (await mails()).filter((key) => key.startsWith('N18:breach:'));
    expect(told.length).toBeGreaterThan(0);
    expect(await lastAudit(world, 'breach.recorded')).toMatchObject({ details: { kind: 'leak', level: 2 } });
    // known two hours ago: only the report within one hour is late
    const counts = await Promise.all([1, 2, 3, 4, 5].map(() => tellOverdue(deps)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    const late = (await mails()).filter((key) => key.includes('breach-overdue'));
    expect(late).toHaveLength(told.length);
    expect(late.every((key) => key.includes('report_incident'))).toBe(true);
    expect((await open()).text).toContain('逾期');
    expect((await open('/console')).text).toContain('個資事故登錄簿');
  });

  it('keeps what was typed when something is missing or cannot be', async () => {
    for (const [fields, message] of [
      [{ name: '' }, '請填寫事故名稱'],
      [{ known: taipei(Date.now() + 7_200_000) }, '不晚於現在'],
      [{ known: 'soon' }, '不晚於現在'],
      [{ occurred: taipei(Date.now()) }, '不得晚於知悉時間'],
      [{ unit: 'nowhere' }, '查無此單位代碼'],
      [{ persons: '-1' }, '請填寫人數'],
      [{ description: ' ' }, '請填寫事故經過與影響'],
    ] as const) {
      const page = await record(fields);
      expect([page.status, page.text.includes(message)]).toEqual([422, true]);
    }
    expect((await record({ unit: 'nowhere', name: '保留的名稱' })).html).toContain('value="保留的名稱"');
  });

  it('each step is taken once under twenty parallel tries; it closes only when all are taken, with a report', async () => {
    await record({ name: '結案測試' });
    const { id } = await world.database.db
      .selectFrom('breach')
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const path = `${PAGE}/${id}`;
    const take = (step: string) => forgeForm(world, hpa, `${path}/step`, { step, step_note: '已辦理' });
    expect((await forgeForm(world, hpa, `${path}/closing`, { report: '太早' })).status).toBe(409);
    expect((await forgeForm(world, hpa, `${path}/step`, { step: 'recover', step_note: '' })).status).toBe(
      422,
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => take('recover')));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    for (const step of ['report_incident', 'notify_authority', 'notify_persons']) {
      expect((await take(step)).status).toBe(303);
    }
    await open(path);
    await hpa.submit(asks('remark'), { remark: '補充說明' });
    const closed = await hpa.submit(asks('report'), { report: '原因與改善措施' });
    expect(closed.text).toContain('已結案');
    expect(closed.text).toContain('補充說明');
    expect(closed.forms.some((form) => asks('remark')(form))).toBe(false);
    expect((await forgeForm(world, hpa, `${path}/note`, { remark: '晚了' })).status).toBe(409);
    expect(await lastAudit(world, 'breach.closed')).toMatchObject({ outcome: 'success' });
    expect((await open(`${path}?lang=en`)).text).toContain('Notify the authority');
    await open(`${PAGE}?lang=zh-TW`);
    const file = await open(`${PAGE}/export?format=csv&state=closed`);
    expect(file.html).toContain('結案測試');
  });

  it('is the national administration’s alone', async () => {
    for (const path of ['', '/new', '/1', '/export?format=csv']) {
      expect((await open(PAGE + path, manager)).status).toBe(403);
    }
    expect((await forgeForm(world, manager, PAGE, {})).status).toBe(403);
    for (const id of ['0', 'x', '99999999999999999999'])
      expect((await open(`${PAGE}/${id}`)).status).toBe(404);
  });
});

describe('§5.2, §5.3: deadlines', () => {
  const knownAt = new Date('2026-11-22T06:00:00Z');
  it.each([
    [1, ['07:00', '06:00', '06:00', '06:00'], [22, 25, 25, 29]],
    [4, ['07:00', '18:00', '06:00', '06:00'], [22, 23, 25, 29]],
  ])('of level %i: one hour to report, 72 or 36 to recover, the rest by setting', (level, hours, days) => {
    const steps = planSteps({ level, knownAt }, HOURS);
    expect(steps.map(({ kind }) => kind)).toEqual([
      'report_incident',
      'recover',
      'notify_authority',
      'notify_persons',
    ]);
    expect(steps.map(({ dueAt }) => dueAt.toISOString().slice(11, 16))).toEqual(hours);
    expect(steps.map(({ dueAt }) => dueAt.getUTCDate())).toEqual(days);
  });
});
