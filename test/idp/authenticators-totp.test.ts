import { generateSync } from 'otplib';
import { enrolTotp, listDemoCodes, redeemTotp } from '#idp/authenticators/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { type TestDatabase, insertPerson, keyring, openTestDatabase } from './sign-in-people.ts';

const NOON = new Date('2026-03-02T04:00:10Z');

describe('a one-time code', () => {
  let database: TestDatabase;
  let accountId: string;
  let secret: string;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    accountId = await insertPerson(database.db, { loginName: `totp.${Math.random()}` });
    secret = await enrolTotp(database.db, keyring, { accountId, at: NOON });
  });
  afterAll(() => database.close());

  const codeAt = (now: Date) => generateSync({ secret, epoch: Math.floor(now.getTime() / 1000) });
  const redeem = (typed: string, now = NOON, pool: 0 | 1 = 0) =>
    redeemTotp(database.pools[pool].db, keyring, { accountId, typed, now });

  it('is taken once of twenty parallel tries at two replicas', async () => {
    const code = codeAt(NOON);
    const tries = Array.from({ length: 20 }, (_, index) => redeem(code, NOON, index % 2 ? 1 : 0));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it.each([
    ['the present window', 0, true],
    ['the one before', -30_000, true],
    ['the one after', 30_000, true],
    ['two before', -60_000, false],
    ['two after', 60_000, false],
  ])('of %s: taken is %#', async (_name, offset, taken) => {
    expect(await redeem(codeAt(after(NOON, offset)))).toBe(taken);
  });

  it('older than the last one used is dead', async () => {
    expect(await redeem(codeAt(NOON))).toBe(true);
    expect(await redeem(codeAt(after(NOON, -30_000)))).toBe(false);
  });

  it('may be typed as the app shows it', async () => {
    const code = codeAt(NOON);
    expect(await redeem(` ${code.slice(0, 3)} ${code.slice(3)} `)).toBe(true);
  });

  it.each(['', 'abcdef', '12345', '1234567', '12345\u0000', "1' or 1"])('%j is none', async (typed) => {
    expect(await redeem(typed)).toBe(false);
  });

  it('cannot be moved to another account in the database', async () => {
    const other = await insertPerson(database.db, { loginName: `moved.${Math.random()}` });
    await database.db
      .updateTable('totp_credential')
      .set({ account_id: other })
      .where('account_id', '=', accountId)
      .execute();
    await expect(
      redeemTotp(database.db, keyring, { accountId: other, typed: codeAt(NOON), now: NOON }),
    ).rejects.toThrow();
  });

  it('is shown on the demo page as the app would show it', async () => {
    const at = after(NOON, 5 * MINUTE);
    await database.db.deleteFrom('totp_credential').where('account_id', '!=', accountId).execute();
    const [shown] = await listDemoCodes(database.db, keyring, () => at);
    expect(shown).toMatchObject({ code: codeAt(at), secondsLeft: 20 });
  });
});
