import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateSync } from 'otplib';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA, createJourney } from '../support/journey.ts';

const unit = { code: 'A21040000I', name: '國民健康署', nameEn: 'HPA', county: '63000', town: '63000060' };
const person = (loginName: string, number: number, role = 'hpa_admin') => ({
  loginName,
  name: '陳示範',
  email: `${loginName}@example.test`,
  nationalId: syntheticNationalId('F', 1, number),
  role,
});

describe('the first people of an installation', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  const found = (content: unknown) => {
    const file = path.join(tmpdir(), `founding-${process.pid}.json`);
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return world.command('accounts', 'found', file, '--reason', 'new installation');
  };
  const leave = () =>
    world.database.db
      .updateTable('account')
      .set({ status: 'disabled' })
      .where('role', '=', 'hpa_admin')
      .execute();

  it('F4: are refused as soon as somebody can act as a national administrator', async () => {
    const refused = await found({ unit, people: [person('first.admin', 1)] });
    expect([refused.code, refused.output]).toEqual([
      1,
      expect.stringContaining('there is a national administrator'),
    ]);
  });

  it('are told every fault of the file, without what was typed', async () => {
    await leave();
    const nationalId = 'A123456780';
    const { code, output } = await found({
      unit: { ...unit, town: '10017070' },
      people: [{ ...person('x', 1, 'platform_ops'), nationalId, password: 'mine' }],
    });
    expect(code).toBe(1);
    for (const place of [
      'unit.town',
      'people.0.loginName',
      'people.0.nationalId',
      'people.0: Unrecognized key',
    ]) {
      expect(output).toContain(place);
    }
    expect(output).not.toContain(nationalId);
    const nobody = await found({ unit, people: [person('first.ops', 2, 'platform_ops')] });
    expect(nobody.output).toContain('need at least one hpa_admin');
    const clash = await found({ unit, people: [person('demo.nurse', 3)] });
    expect(clash.output).toContain('a login name is taken');
  });

  it('F4, D1: come in once even when two try; sign in, set up a second factor and change the password', async () => {
    await leave();
    const people = [person('First.Admin', 4), person('first.ops', 5, 'platform_ops')];
    const tries = await Promise.all([found({ unit, people }), found({ unit, people })]);
    expect(new Set(tries.map(({ code }) => code))).toEqual(new Set([0, 1]));
    const { output = '' } = tries.find(({ code }) => code === 0) ?? {};
    const password = /^first\.admin {2}(\S{20})$/m.exec(output)?.[1] ?? '';
    expect(password).toHaveLength(20);
    expect(output).toMatch(/^first\.ops {2}\S{20}$/m);

    const journey = createJourney();
    await journey.open(`${world.issuer}/sign-in`);
    const account = 'first.admin';
    let page = await journey.submit((form) => 'captcha' in form.fields, {
      account,
      password,
      captcha: FIXED_CAPTCHA,
    });
    const secret = /\b((?:[A-Z2-7]{4} ?){8})\b/.exec(page.text)?.[1]?.replaceAll(' ', '') ?? '';
    page = await journey.submit((form) => 'code' in form.fields, { code: generateSync({ secret }) });
    const chosen = 'Quiet*River2026Boat';
    page = await journey.submit((form) => 'new_password' in form.fields, {
      new_password: chosen,
      repeat_password: chosen,
    });
    expect(page.text).toContain('系統管理設定');

    const audit = await world.database.db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'account.created')
      .execute();
    expect(audit.map(({ details }) => details)).toHaveLength(2);
    expect(audit.map(({ details }) => details)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ role: 'hpa_admin', reason: 'new installation' }),
        expect.objectContaining({ role: 'platform_ops', unitCode: unit.code }),
      ]),
    );
  });
});
