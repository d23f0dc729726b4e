import { generateSync } from 'otplib';
import { ACR_MFA } from '#idp/authenticators/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { Visitor } from './sign-in-browser.ts';
import { bound } from './sign-in-facts.ts';
import { PASSWORD, type World, openWorld } from './sign-in-world.ts';

const NEW_PASSWORD = 'Another*2026Word';
const subsystem = { code: 'mch', name: { 'zh-TW': '婦幼健康', en: 'Child health' }, colour: 1 };

describe('the journey', () => {
  let world: World;
  let serial = 0;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const visit = (facts: Parameters<World['begin']>[1] = {}) => {
    serial += 1;
    const uid = `journey-${serial}`;
    world.begin(uid, facts);
    return {
      visitor: new Visitor(world, uid),
      entry: () => world.interactions.get(uid),
      own: `/interaction/${uid}`,
    };
  };
  const newName = () => `person.${(serial += 1)}`;
  const events = async (accountId: string) => {
    const audit = world.database.db.selectFrom('audit_event').where('account_id', '=', accountId);
    const rows = await audit.select(['type', 'reason']).orderBy('id').execute();
    return rows.map((row) => (row.reason === null ? row.type : `${row.type} ${row.reason}`));
  };
  const manager = async () => {
    const loginName = newName();
    const accountId = await world.addPerson({ loginName, role: 'unit_manager' });
    const secret = await world.addTotp(accountId);
    const code = (offset = 0) =>
      generateSync({ secret, epoch: Math.floor(after(world.now, offset).getTime() / 1000) });
    return { loginName, accountId, code };
  };

  describe('second factor', () => {
    it('is asked of a manager and ends in a stronger class', async () => {
      const { loginName, accountId, code } = await manager();
      const { visitor, entry, own } = visit();
      expect((await visitor.signIn(loginName)).location).toBe(own);
      expect((await visitor.get()).text).toContain('name="code"');
      const answer = await visitor.post('/second-factor', { code: code() });
      expect(answer.status).toBe(303);
      expect(entry()?.result).toMatchObject({ accountId, acr: ACR_MFA, amr: ['pwd', 'otp', 'mfa'] });
      expect(await events(accountId)).toEqual(['second_factor.verified', 'sign_in.succeeded']);
    });

    it('takes a code once, though two journeys send it', async () => {
      const { loginName, code } = await manager();
      const journeys = [visit(), visit()];
      for (const { visitor } of journeys) await visitor.signIn(loginName);
      await Promise.all(journeys.map(({ visitor }) => visitor.post('/second-factor', { code: code() })));
      expect(journeys.filter(({ entry }) => entry()?.result)).toHaveLength(1);
    });

    it('locks by account after five wrong codes, however often the journey begins anew', async () => {
      const { loginName, accountId, code } = await manager();
      for (let round = 0; round < 3; round += 1) {
        const { visitor } = visit();
        await visitor.signIn(loginName);
        for (const wrong of ['000000', '000001']) await visitor.post('/second-factor', { code: wrong });
      }
      const { visitor, entry } = visit();
      await visitor.signIn(loginName);
      await visitor.post('/second-factor', { code: code() });
      expect(entry()?.result).toBeUndefined();
      expect((await visitor.get()).text).toContain('Five failures');
      const refusals = (await events(accountId)).filter((event) => event.startsWith('second_factor.refused'));
      expect(refusals.map((event) => event.split(' ')[1])).toEqual([
        ...Array<string>(5).fill('wrong_code'),
        'locked',
        'locked',
      ]);
      const then = world.now;
      world.now = after(then, 30 * MINUTE);
      await visitor.post('/second-factor', { code: code() });
      expect(entry()?.result).toBeDefined();
      world.now = then;
    });

    it('joins a session that has a password, without asking for it again', async () => {
      const { accountId, code } = await manager();
      const authTime = world.now.getTime() / 1000 - 120;
      const { visitor, entry } = visit({
        reasons: ['acr_values'],
        requestedAcr: [ACR_MFA],
        session: { accountId, acr: 'urn:single-entry:acr:password', amr: ['pwd'], authTime },
      });
      await visitor.post('/second-factor', { code: code() });
      expect(entry()?.result).toMatchObject({ acr: ACR_MFA, authTime });
      expect(await events(accountId)).toEqual(['second_factor.verified']);
    });

    it('that nobody enrolled is set up on the way, by a right code of the app', async () => {
      const loginName = newName();
      const accountId = await world.addPerson({ loginName, role: 'hpa_admin' });
      const { visitor, entry } = visit();
      await visitor.signIn(loginName);
      const page = await visitor.get();
      const offer = /name="offer" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const secret = (/qr-secret">([^<]+)</.exec(page.text)?.[1] ?? '').replaceAll(' ', '');
      const code = generateSync({ secret, epoch: world.now.getTime() / 1000 });
      await visitor.post('/second-factor-enrolment', {
        offer,
        code: code === '000000' ? '000001' : '000000',
      });
      expect(entry()?.result).toBeUndefined();
      expect((await visitor.get()).text).toContain(secret.slice(0, 4));
      await visitor.post('/second-factor-enrolment', { offer, code, name: 'Work phone' });
      expect(entry()?.result).toMatchObject({ accountId, acr: ACR_MFA, amr: ['pwd', 'otp', 'mfa'] });
      expect(await events(accountId)).toEqual(['authenticator.added', 'sign_in.succeeded']);
    });
  });

  describe('forced password change', () => {
    it('comes at the first sign-in, refuses what the rules refuse, and goes on', async () => {
      const loginName = newName();
      const accountId = await world.addPerson({ loginName, mustChange: true });
      const { visitor, entry } = visit();
      await visitor.signIn(loginName);
      const change = async (password: string, repeat = password) => {
        await visitor.post('/password-change', { new_password: password, repeat_password: repeat });
        return entry()?.facts.progress.retry?.errors.map((error) => error.key);
      };
      expect(await change('')).toEqual(['change-password.new-required', 'change-password.repeat-required']);
      expect(await change(NEW_PASSWORD, 'Other*2026Word')).toEqual(['change-password.not-same']);
      expect(await change('short')).toEqual(['change-password.too-weak']);
      expect(await change(PASSWORD)).toEqual(['change-password.used-before']);
      expect((await visitor.get()).text).not.toContain(PASSWORD);
      expect(entry()?.result).toBeUndefined();
      await change(NEW_PASSWORD);
      expect(entry()?.result).toMatchObject({ accountId });
      expect(world.passwordChanges).toContain(accountId);
      expect(await events(accountId)).toEqual(['password.changed', 'sign_in.succeeded']);

      const again = visit();
      await again.visitor.signIn(loginName);
      expect(again.entry()?.result).toBeUndefined();
      await again.visitor.signIn(loginName, NEW_PASSWORD);
      expect(again.entry()?.result).toBeDefined();
    });

    it('comes three months after the last one', async () => {
      const loginName = newName();
      await world.addPerson({ loginName, changedAt: new Date('2025-12-02T04:00:00Z') });
      const { visitor } = visit();
      await visitor.signIn(loginName);
      expect((await visitor.get()).text).toContain('more than three months old');
    });
  });

  describe('choice of the account', () => {
    const nurse = async (...ids: string[]) => {
      const loginName = newName();
      const accountId = await world.addPerson({ loginName });
      world.accounts.set(
        accountId,
        ids.map((id) => bound(id)),
      );
      return { loginName, accountId };
    };

    it('is silent for one account', async () => {
      const { loginName } = await nurse('only');
      const { visitor, entry } = visit({ subsystem });
      await visitor.signIn(loginName);
      expect(entry()?.result?.subsystemAccountId).toBe('only');
    });

    it('lists a few, and takes only what is the person’s own', async () => {
      await nurse('foreign');
      const { loginName } = await nurse('first', 'second');
      const { visitor, entry } = visit({ subsystem });
      await visitor.signIn(loginName);
      const page = await visitor.get();
      expect(page.text).toContain('value="first"');
      expect(page.text).not.toContain('type="search"');
      await visitor.post('/account', { account: 'foreign' });
      expect(entry()?.result).toBeUndefined();
      expect((await visitor.get()).text).toContain('cannot');
      await visitor.post('/account', { account: 'second' });
      expect(entry()?.result?.subsystemAccountId).toBe('second');
    });

    it('searches and pages through many, and comes back to the search', async () => {
      const { loginName } = await nurse(...Array.from({ length: 23 }, (_, index) => `clinic ${index}`));
      const { visitor, own } = visit({ subsystem });
      await visitor.signIn(loginName);
      expect((await visitor.get()).text).toContain('type="search"');
      expect((await visitor.get('?page=3')).text).toContain('value="clinic 22"');
      const found = await visitor.get('?q=clinic%2021');
      expect(found.text).toContain('value="clinic 21"');
      expect(found.text).not.toContain('value="clinic 2"');
      expect((await visitor.get('?q=%00&page=-1')).status).toBe(200);
      expect((await visitor.get('?q=nowhere&page=9999999999')).status).toBe(200);
      const gone = await visitor.post('/account?q=clinic', { account: 'gone' });
      expect(gone.location).toBe(`${own}?q=clinic`);
    });

    it('takes the account that was asked for', async () => {
      const { loginName } = await nurse('first', 'second');
      const { visitor, entry } = visit({ subsystem, requestedSubsystemAccountId: 'second' });
      await visitor.signIn(loginName);
      expect(entry()?.result?.subsystemAccountId).toBe('second');
    });

    it('asks for the second factor when the account wants it', async () => {
      const { loginName, accountId } = await nurse('plain');
      world.accounts.set(accountId, [bound('plain'), bound('managing', ACR_MFA)]);
      const { visitor, entry } = visit({ subsystem });
      await visitor.signIn(loginName);
      await visitor.post('/account', { account: 'managing' });
      expect((await visitor.get()).text).toContain('name="offer"');

      const secret = await world.addTotp(accountId);
      const code = generateSync({ secret, epoch: world.now.getTime() / 1000 });
      await visitor.post('/second-factor', { code });
      expect(entry()?.result).toMatchObject({ subsystemAccountId: 'managing', acr: ACR_MFA });
    });

    it('leads on when there is none', async () => {
      const { loginName } = await nurse();
      const { visitor, entry } = visit({ subsystem });
      await visitor.signIn(loginName);
      const page = await visitor.get();
      expect(page.status).toBe(200);
      expect(page.text).toContain('Child health');
      await visitor.get('/cancel');
      expect(entry()?.aborted).toBe(true);
    });

    it('is checked again at the end', async () => {
      const { loginName, accountId, code } = await manager();
      world.accounts.set(accountId, [bound('first'), bound('second')]);
      const { visitor, entry } = visit({ subsystem });
      await visitor.signIn(loginName);
      await world.database.db
        .updateTable('account')
        .set({ status: 'disabled' })
        .where('id', '=', accountId)
        .execute();
      await visitor.post('/second-factor', { code: code() });
      expect(entry()?.result).toBeUndefined();
      expect((await visitor.get()).text).toBe('fault.account_unavailable');
      expect((await visitor.get()).text).toContain('name="password"');
      expect(await events(accountId)).toEqual(['sign_in.refused account_disabled']);
    });
  });
});
