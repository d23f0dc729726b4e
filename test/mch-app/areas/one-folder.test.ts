import { AREAS } from '#mch/areas/index.ts';
import { HOSPITAL, type Mch, startMch } from '../support/mch.ts';
import { actingAs } from '../support/people.ts';
import { areaContract } from './contract.ts';
import { milkBank } from './synthetic/area.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch({}, [...AREAS, milkBank]);
});
afterAll(() => mch.stop());

describe('an area that is one folder and one entry of the list', () => {
  areaContract(milkBank, () => mch);

  it('M-05: stands in the menu and the title bar under its own names', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    const group = await nurse.go('/child/milk-bank');
    expect(group.text).toContain('<h1>示範母乳庫</h1>');
    expect(group.text).toContain('href="/child/milk-bank/notes"');
    const list = await nurse.go('/child/milk-bank/notes?lang=en');
    expect(list.text).toContain('<li>Example milk bank</li><li>Notes</li>');
    const other = await actingAs(mch, { ...HOSPITAL, id: 'P@00000091P@mbh_01', menu_roles: [] });
    expect((await other.go('/')).text).not.toContain('milk-bank');
    expect((await other.go('/child/milk-bank')).status).toBe(403);
  });
});
