import { AREAS } from '#mch/areas/index.ts';
import { coursesOf, seedDemo } from '#mch/seed/index.ts';
import { DEMO_PEOPLE, demoPlaces, recordsDeps } from './support/demo.ts';
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

describe('the demonstration', () => {
  let visitors: Visitor[];
  beforeAll(async () => {
    visitors = [];
    for (const account of DEMO_PEOPLE) visitors.push(await actingAs(mch, account));
  });
  const seen = async (path: string): Promise<boolean> => {
    for (const visitor of visitors) {
      const page = await visitor.go(path);
      if (page.status === 200 && /class="count"[^>]*>共 [1-9]/.test(page.text)) return true;
    }
    return false;
  };

  it('shows something in every list and report of the areas that have a seed', async () => {
    const empty: string[] = [];
    for (const place of demoPlaces()) if (!(await seen(place))) empty.push(place);
    // a claim is a unit's, made of what it found in a month: nobody has made one in the demonstration
    expect(empty).toEqual(['/child/preventive-care/claims']);
  });

  it('has something waiting of every to-do', async () => {
    const counts = new Map<string, number>();
    for (const visitor of visitors) {
      const page = await visitor.go('/common/todo');
      for (const line of page.text.split('<tr').slice(2)) {
        const label = /<th[^>]*>([^<]+)/.exec(line)?.[1] ?? '';
        const count = Number(/todo-count[^>]*>(\d+)/.exec(line)?.[1] ?? 0);
        counts.set(label, Math.max(count, counts.get(label) ?? 0));
      }
    }
    const wanted = AREAS.filter(({ seed }) => seed).flatMap(({ todos, labels }) =>
      todos.map(({ id }) => labels[`todo.${id}`]?.[0] ?? id),
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
        AREAS.flatMap((area) => area.seed?.(course) ?? []).map(({ kind, at, values }) => [
          kind.key,
          at,
          values,
        ]),
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
