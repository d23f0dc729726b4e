import { hourChart } from '#templates/charts/hours.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { rawRequest } from '../support/raw-http.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { STATION, addPerson, idOf } from './account-administration-world.ts';

describe('sign-in records', () => {
  let world: IdpWorld;
  let manager: Journey;
  let hpa: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    const station = await addPerson(world, { loginName: 'station.one', unitCode: STATION });
    await world.database.db
      .insertInto('audit_event')
      .values({ type: 'sign_in.succeeded', outcome: 'success', account_id: station, ip: '192.0.2.77' })
      .execute();
    manager = await portalOf(world, 'demo.manager');
    hpa = await portalOf(world, 'demo.hpa');
    for (let tries = 0; tries < 4; tries += 1) {
      const guest = browserOf(world);
      await guest.open(`${world.issuer}/sign-in`);
      const wrong = { account: 'demo.new', password: 'Not*the*password1', captcha: '24680' };
      await guest.submit((form) => 'captcha' in form.fields, wrong);
    }
    const party = await createRelyingParty(world, 'lab-app', { pushed: true });
    const nurse = browserOf(world);
    await party.authorize(nurse, {}, { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' });
  });
  afterAll(() => world.stop());

  const rows = async (browser: Journey, path: string) => {
    const page = await browser.open(`${world.issuer}/console/${path}`);
    const list = page.html.slice(page.html.indexOf('class="list-bar"'));
    const table = /<tbody>[\s\S]*?<\/tbody>/.exec(list)?.[0] ?? '';
    return { page, lines: table.split('</tr>').slice(0, -1) };
  };

  it('P-45: lists the own unit’s sign-ins with result, reason and address, found by each', async () => {
    const { lines } = await rows(manager, 'sign-ins');
    expect(lines.some((line) => line.includes('demo.manager') && line.includes('成功'))).toBe(true);
    const failed = (await rows(manager, 'sign-ins?result=failed')).lines;
    expect(failed).toHaveLength(2);
    expect(failed.every((line) => line.includes('密碼錯誤') && line.includes('demo.new'))).toBe(true);
    expect((await rows(manager, 'sign-ins?result=locked')).lines).toHaveLength(2);
    expect((await rows(manager, 'sign-ins?login=demo.new')).lines).toHaveLength(4);
    expect((await rows(hpa, 'sign-ins?ip=192.0.2.77')).lines).toHaveLength(1);
    expect((await rows(hpa, 'sign-ins?from=2020-01-01&to=2020-01-02')).lines).toEqual([]);
    expect((await rows(hpa, 'sign-ins?from=yesterday')).page.status).toBe(422);
  });

  it('F2: shows no other unit’s sign-ins, in the list, the chart or the file', async () => {
    for (const query of ['', `?unit=${STATION}`, '?login=station.one', '?ip=192.0.2.77']) {
      const { lines } = await rows(manager, `sign-ins${query}`);
      expect([query, lines.some((line) => line.includes('station.one'))]).toEqual([query, false]);
    }
    expect((await rows(manager, `sign-ins?unit=${STATION}`)).page.text).toContain('最近 24 小時沒有紀錄');
    const cookie = manager.jar.header(new URL(world.issuer));
    const file = await rawRequest(world.issuer, 'GET', '/console/sign-ins/export?format=csv', {
      headers: { cookie },
    });
    expect([file.status, file.body.includes('station.one'), file.body.includes('demo.new')]).toEqual([
      200,
      false,
      true,
    ]);
  });

  it('P-46: lists who entered which subsystem as which account, without what they call it', async () => {
    const { page, lines } = await rows(manager, 'subsystem-sign-ins');
    expect(lines.some((line) => line.includes('P@00000001P@lab_01') && line.includes('demo.nurse'))).toBe(
      true,
    );
    expect(page.text).not.toContain('實驗一');
    expect((await rows(manager, 'subsystem-sign-ins?system=lab&account=P@00000001P@lab')).lines).toHaveLength(
      1,
    );
    expect((await rows(manager, 'subsystem-sign-ins?system=mch')).lines).toEqual([]);
  });

  it('P-45: draws the last 24 hours with a title that says the finding, and the numbers under it', async () => {
    const { page } = await rows(manager, 'sign-ins?login=demo.new');
    expect(page.html).toMatch(/<svg[^>]*role="img" aria-labelledby="chart-title"/);
    expect(page.html).not.toMatch(/<svg[^>]*style=|<rect[^>]*style=/);
    expect(page.text).toContain('最近 24 小時共 4 次，未成功 4 次');
    const hour = new Date('2026-11-20T01:00:00Z');
    const chart = hourChart([{ hour, succeeded: 3, failed: 1 }], 'en');
    expect(chart.title).toBe('4 in the last 24 hours, 1 without success; most in the hour from 09:00: 4');
    expect(chart.bars[0]?.succeeded.height).toBeCloseTo((chart.bars[0]?.failed.height ?? 0) * 3);
  });

  it('P-44: leads from an account to its sign-ins', async () => {
    const id = await idOf(world, 'demo.nurse');
    const page = await manager.open(`${world.issuer}/console/accounts/${id}`);
    expect(page.html).toContain('/console/sign-ins?login&#x3D;demo.nurse');
  });
});
