import { AREAS } from '#mch/areas/index.ts';
import { createLabels } from '#mch/records/index.ts';
import { headingOf, importColumns } from '#mch/records/import-columns.ts';
import { as, mch, passed, start, stop } from '../support/hearing.ts';
import { said, turnImports } from '../support/imports.ts';
import { HOSPITAL } from '../support/mch.ts';
import { birthOf } from './newborn/ward.ts';
import { BASE as PREVENTIVE, child, dayFrom, exam } from './preventive-people.ts';

beforeAll(start);
afterAll(stop);

/** Who brings files of children at one hospital, and somebody of another who may do the same there. */
const NURSE = {
  ...HOSPITAL,
  id: 'P@00000051P@mbh_01',
  menu_roles: ['mi_hearing_screen', 'mi_nbs_collect', 'mi_child_health'],
};
const OTHER = { ...NURSE, id: 'P@00000052P@mbh_01', unit: { ...NURSE.unit, code: '1101010012' } };
const BUREAU = {
  ...NURSE,
  id: 'P@00000053P@mbh_01',
  duty: 'health_bureau',
  menu_roles: ['hb_hearing', 'hb_nbs'],
};

/** Brings rows under the headings people read. @returns the page of the file, and where it stands */
async function bring(at: string, rows: Record<string, string>[]): Promise<{ text: string; place: string }> {
  const area = AREAS.find(({ kinds }) => kinds.some(({ importAt }) => `/${importAt}` === at));
  const labels = createLabels(area?.labels ?? {});
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [
    heads.map((head) => headingOf(labels, 'zh-TW', head)),
    ...rows.map((row) => heads.map((head) => row[head] ?? '')),
  ];
  const form = new FormData();
  form.set('acting', NURSE.id);
  form.set('mode', 'good');
  form.set('warnings', 'taken');
  form.set('file', new Blob([lines.map((line) => line.join(',')).join('\r\n')]), 'rows.csv');
  const nurse = await as(NURSE);
  const cookie = [...nurse.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(mch.origin + at, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: mch.origin, accept: 'text/html' },
    body: form,
  });
  expect([at, answer.status]).toEqual([at, 303]);
  await turnImports(mch, () => Promise.resolve(said(NURSE)));
  const place = answer.headers.get('location') ?? '';
  return { text: (await nurse.go(place)).text, place };
}

const countOf = async (kind: string): Promise<number> => {
  const [row] = await mch.database.query<{ n: number }>(
    "select count(*)::int as n from record where kind = $1 and state = 'submitted'",
    [kind],
  );
  return row?.n ?? 0;
};

it('§2.5: files of every kind that takes them have headings of their own in both languages', () => {
  for (const { kinds, labels } of AREAS) {
    for (const kind of kinds.filter(({ importAt }) => importAt !== undefined)) {
      for (const locale of ['zh-TW', 'en'] as const) {
        const heads = importColumns(kind).map(({ name }) => headingOf(createLabels(labels), locale, name));
        expect([kind.key, heads.filter((head, at) => heads.indexOf(head) !== at)]).toEqual([kind.key, []]);
      }
    }
  }
});

it('§2.10.11: hearing screenings are taken by the rules of their form; another unit sees nothing of the file', async () => {
  const { text, place } = await bring('/child/hearing/import', [
    passed(701, 10),
    { ...passed(702, 10), right_ear: '不明' },
    { ...passed(703, 10), method: '' },
  ]);
  expect(text).toContain('右耳');
  expect(await countOf('hearing-screening')).toBe(1);
  expect((await (await as(NURSE)).go('/child/hearing/screening')).text).toContain('測試寶寶701');
  expect((await (await as(OTHER)).go(place)).status).toBe(404);
  const bureau = await as(BUREAU);
  expect((await bureau.go('/child/hearing/import')).status).toBe(403);
  expect((await bureau.go('/child/hearing')).text).not.toContain('/child/hearing/import');
});

it('§2.10.10: births come by file, and specimens by the numbers of their births', async () => {
  const at = '/child/newborn-screening';
  await bring(`${at}/birth-import`, [birthOf(711, -3), { ...birthOf(712, -3), sex: '' }]);
  expect(await countOf('nbs-birth')).toBe(1);
  const [birth] = await mch.database.query<{ no: string }>('select no::text from record where kind = $1', [
    'nbs-birth',
  ]);
  const specimen = (parent: string, card: string) => ({
    parent,
    filter_card_no: card,
    seq: '1',
    collected_at: `${dayFrom(-1)}T09:00`,
    collector: '林護理師',
    center: '1132010024',
    consent: '是',
    subsidy_type: 'general',
  });
  const rows = [specimen(birth?.no ?? '', 'CARD700001'), specimen('999999', 'CARD700002')];
  const { text } = await bring(`${at}/specimen-import`, rows);
  expect(await countOf('nbs-specimen')).toBe(1);
  expect(text).not.toContain('CARD700002'); // what a file said is not told again
});

it('§2.10.12: check-ups and screenings of development come by file, in the ages they are for', async () => {
  const development = {
    ...child(723, 220),
    screen_no: '1',
    screen_date: dayFrom(-1),
    screen_result: 'pass',
  };
  await bring(`${PREVENTIVE}/exam-import`, [exam(721), { ...exam(722), visit_no: '6' }]);
  expect(await countOf('child-exam')).toBe(1);
  await bring(`${PREVENTIVE}/development-import`, [
    development,
    { ...development, mother_id_no: 'PREV9999', screen_no: '5' },
  ]);
  expect(await countOf('child-development')).toBe(1);
});
