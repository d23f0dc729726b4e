import { rightsOn } from '#mch/access/index.ts';
import { AREAS } from '#mch/areas/index.ts';
import { functionsOf } from '#mch/menu/index.ts';
import { menuOf } from '#mch/places.ts';
import { coursesOf, seedDemo } from '#mch/seed/index.ts';
import { DEMO_ACCOUNTS, demoPlaces, recordsDeps } from './support/demo.ts';
import { decodeHtml } from '../support/html.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import { BUREAU, actingAs } from './support/people.ts';
import type { Visitor } from './support/visitor.ts';

let mch: Mch;
let entered: number;
beforeAll(async () => {
  mch = await startMch();
  entered = await seedDemo(recordsDeps(mch));
});
afterAll(() => mch.stop());

/** Files of a list that cannot be had. */
async function filesLost(visitor: Visitor, html: string): Promise<string[]> {
  const lost: string[] = [];
  for (const [, url = ''] of html.matchAll(/href="([^"]+)" download/g)) {
    const { status } = await visitor.go(decodeHtml(url));
    if (status !== 200) lost.push(`${url}: ${status}`);
  }
  return lost;
}

describe('the demonstration', () => {
  let visitors: Visitor[];
  beforeAll(async () => {
    visitors = [];
    for (const account of DEMO_ACCOUNTS) visitors.push(await actingAs(mch, account));
  });

  it('has a page behind every leaf that its accounts see, each list, report and statistic with something on it to take away', async () => {
    const places = new Map(demoPlaces().map((place) => [place.slice(1).split('?')[0], place]));
    const most = new Map<string, number>();
    const lost: string[] = [];
    for (const account of DEMO_ACCOUNTS) {
      const visitor = await actingAs(mch, account);
      const { role, menu_roles: menuRoles } = account;
      for (const leaf of menuOf(AREAS).visibleTo({ role, menuRoles }).flatMap(functionsOf)) {
        if (!/^(maternal|child)\//.test(leaf.path)) continue;
        const page = await visitor.go(places.get(leaf.path) ?? `/${leaf.path}`);
        if (page.status !== 200) lost.push(`${leaf.path} for ${account.id}`);
        const [, count] = /class="count"[^>]*>共 ([\d,]+)/.exec(page.text) ?? [];
        if (count === undefined) continue;
        if (most.get(leaf.path) === undefined) lost.push(...(await filesLost(visitor, page.text)));
        most.set(leaf.path, Math.max(most.get(leaf.path) ?? 0, Number(count)));
      }
    }
    expect(lost).toEqual([]);
    expect([...places.keys()].filter((path = '') => !most.get(path))).toEqual([]);
  });

  it('has nothing that none of its people sees: of every unit each kind of record, and each draft', async () => {
    const { db } = mch.database;
    const there = await db
      .selectFrom('record')
      .select(['unit_code as unit', 'kind'])
      .select((row) => row.fn.countAll<string>().as('count'))
      .groupBy(['unit_code', 'kind'])
      .execute();
    const paths = new Map(AREAS.flatMap(({ kinds }) => kinds.map(({ key, path }) => [key, path])));
    const unseen: string[] = [];
    for (const { unit: code, kind, count } of there) {
      const counts: number[] = [];
      for (const visitor of visitors.toReversed()) {
        const page = await visitor.go(`/${paths.get(kind)}?unit=${code}`);
        counts.push(Number(/class="count"[^>]*>共 ([\d,]+)/.exec(page.text)?.[1]?.replace(',', '') ?? 0));
        if (counts.includes(Number(count))) break;
      }
      const isSeen = counts.includes(Number(count)) || counts.some((one) => one > 0 && Number(count) > 1000);
      if (!isSeen) unseen.push(`${kind} of ${code}: ${Math.max(...counts)} of ${count}`);
    }
    expect(unseen).toEqual([]);
    // and whoever works with such records is among them
    const menu = menuOf(AREAS);
    const isWritten = (path: string): boolean =>
      DEMO_ACCOUNTS.some(({ role, menu_roles: menuRoles }) =>
        rightsOn(menu.grantsOf({ role, menuRoles }), path).includes('C'),
      );
    expect(
      [...new Set(there.map(({ kind }) => paths.get(kind) ?? kind))].filter((path) => !isWritten(path)),
    ).toEqual([]);
    expect(there.length).toBeGreaterThan(20);
  });

  it('has something waiting of every to-do, for one of its people', async () => {
    const counts = new Map<string, number>();
    for (const visitor of visitors) {
      const page = await visitor.go('/common/todo');
      for (const line of page.text.split('<tr').slice(2)) {
        const label = /<th[^>]*>([^<]+)/.exec(line)?.[1] ?? '';
        const count = Number(/todo-count[^>]*>(\d+)/.exec(line)?.[1] ?? 0);
        counts.set(label, Math.max(count, counts.get(label) ?? 0));
      }
    }
    const wanted = AREAS.flatMap(({ todos, labels }) =>
      todos.map(({ id, label }) => labels[label ?? `todo.${id}`]?.[0] ?? id),
    );
    expect(wanted.filter((label) => !counts.get(label))).toEqual([]);
  });

  it('is entered once, and never beside what is there', async () => {
    expect(entered).toBeGreaterThan(100);
    expect(await seedDemo(recordsDeps(mch))).toBe(0);
  });

  it('is the same for the same day', () => {
    const plan = {
      seed: 7,
      now: new Date('2026-11-22T04:00:00Z'),
      mothers: 20,
      pregnancies: 1.5,
      daysBack: 300,
      daysAhead: 30,
      oddity: 1,
      placesFor: placesOf,
      towns: ['10017070'],
    };
    const told = () =>
      [...coursesOf(plan)].flatMap((course) =>
        AREAS.flatMap(({ seed, demo }) => [...(seed?.(course) ?? []), ...(demo?.(course) ?? [])]).map(
          ({ kind, at, values }) => [kind.key, at, values],
        ),
      );
    expect(told()).toEqual(told());
    expect(told().length).toBeGreaterThan(40);
  });
});

const unit = HOSPITAL.unit;
const placesOf = () => ({
  clinic: unit,
  elsewhere: unit,
  hospital: unit,
  laboratory: unit,
  confirming: unit,
  station: STATION.unit,
  bureau: BUREAU.unit,
});
