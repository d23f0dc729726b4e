import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { createKeyring } from '#kit/keyring.ts';
import { sql } from 'kysely';
import { type Identity, findPatient, keepPatient, readBirth, registerBirth } from '#mch/patients/index.ts';
import { type Scope, bornWithin } from '#mch/records/index.ts';
import { MASTER_KEY, type Mch, startMch } from './support/mch.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const keyring = createKeyring(MASTER_KEY);
const now = new Date();
const HERE = { code: '9876543210', county: '10017', town: '10017020' };
const NOTHING = {
  gestationDays: null,
  birthWeight: null,
  guardianName: null,
  guardianPhone: null,
  residence: undefined,
  isAlive: undefined,
};

const newborn = (serial: number, more: Partial<Identity> = {}): Identity => ({
  kind: 'child',
  idType: 'none',
  idNo: '',
  name: `母${serial}之子／女`,
  isNamed: false,
  birthDate: '2026-01-02',
  birthAt: new Date('2026-01-02T08:00:00+08:00'),
  birthOrder: 1,
  sex: 'female',
  motherIdNo: syntheticNationalId('D', 2, serial),
  motherName: `母${serial}`,
  ...more,
});

const keep = (who: Identity): Promise<string> =>
  mch.database.db.transaction().execute((trx) => keepPatient(trx, who, { keyring, now }));
const register = (childId: string, more: Partial<Parameters<typeof registerBirth>[2]>): Promise<void> =>
  mch.database.db
    .transaction()
    .execute((trx) => registerBirth(trx, childId, { ...NOTHING, birthUnit: undefined, ...more }, now));

async function seenBy(scope: Scope): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select child_id::text as id from birth b where ${bornWithin(scope)}`.execute(mch.database.db);
  return rows.map(({ id }) => id);
}

describe('the register of births', () => {
  it('knows a child once by its mother, its day and its order, however many areas enter it at once', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => keep(newborn(1))));
    expect(new Set(ids).size).toBe(1);
    expect(await keep(newborn(1, { birthOrder: 2 }))).not.toBe(ids[0]);
    expect(await keep(newborn(1, { birthDate: '2026-01-03' }))).not.toBe(ids[0]);
  });

  it('knows it by number too, entered with and without one at the same time', async () => {
    const number = { idType: 'national_id' as const, idNo: syntheticNationalId('D', 1, 77) };
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, at) => keep(newborn(2, at % 2 ? number : {}))),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('keeps a name that was given over one made of the mother’s', async () => {
    const id = await keep(newborn(3, { name: '王小明', isNamed: true }));
    await keep(newborn(3));
    expect((await findPatient(mch.database.db, { id }))?.name).toBe('王小明');
  });

  it('keeps the mother sealed from the first draft on, and is seen by nobody before it is submitted', async () => {
    const id = await keep(newborn(4));
    expect(await readBirth(mch.database.db, keyring, id)).toMatchObject({
      motherName: '母4',
      motherIdNo: syntheticNationalId('D', 2, 4),
    });
    expect(await seenBy({ kind: 'nation', unitCode: 'A' })).not.toContain(id);
    const [row] = await mch.database.query<{ all: string }>('select birth::text as all from birth where $1', [
      true,
    ]);
    expect(row?.all).not.toContain(syntheticNationalId('D', 2, 4));
  });

  it('is seen by the unit of birth, and by the county and township of birth or residence', async () => {
    const id = await keep(newborn(5));
    await register(id, {
      birthUnit: HERE,
      birthWeight: 3000,
      residence: { county: '63000', town: '63000010' },
    });
    await register(id, { gestationDays: 273 }); // what a later form leaves open stays
    expect(await readBirth(mch.database.db, keyring, id)).toMatchObject({
      unitCode: HERE.code,
      birthWeight: 3000,
      gestationDays: 273,
    });
    const sees = async (scope: Scope): Promise<boolean> => (await seenBy(scope)).includes(id);
    expect(await sees({ kind: 'own', unitCode: HERE.code })).toBe(true);
    expect(await sees({ kind: 'own', unitCode: '1234567890' })).toBe(false);
    expect(await sees({ kind: 'assigned', unitCode: HERE.code })).toBe(false);
    expect(await sees({ kind: 'town', unitCode: 'S', town: '10017020' })).toBe(true);
    expect(await sees({ kind: 'town', unitCode: 'S', town: '63000010' })).toBe(true);
    expect(await sees({ kind: 'town', unitCode: 'S', town: '63000020' })).toBe(false);
    expect(await sees({ kind: 'county', unitCode: 'B', county: '63000' })).toBe(true);
    expect(await sees({ kind: 'county', unitCode: 'B', county: '64000' })).toBe(false);
    expect(await sees({ kind: 'nation', unitCode: 'A' })).toBe(true);
  });
});
