import { AREAS } from '#mch/areas/index.ts';
import { cellsOf, columnsOf } from '#mch/records/view/columns.ts';
import { columnsFor, reportTexts, reportView } from '#mch/records/view/report.ts';
import { type Report, createLabels } from '#mch/records/index.ts';
import type { Actor } from '#mch/records/types.ts';
import { sql } from 'kysely';

const WAITING: Report = {
  path: 'child/example/waiting',
  fields: [],
  columns: [
    { name: 'person', kind: 'text' },
    { name: 'enter', kind: 'entry', path: 'child/example/records' },
  ],
  rows: () => sql`select 1`,
};
const labels = createLabels({ enter: ['登錄', 'Entry'], 'enter.link': ['登錄篩檢', 'Enter it'] });
const ROWS = [
  { id: '1', position: '1', person: '測試寶寶', enter: 'child=1' },
  { id: '2', position: '2', person: '測試貝比', enter: null },
];

const holding = (...rights: string[]): Actor => ({ rights: () => rights }) as unknown as Actor;
const shown = (actor: Actor) => ({
  report: WAITING,
  columns: columnsFor(WAITING, actor, 'page'),
  labels,
  locale: 'en' as const,
  request: { filters: {}, faults: [], sort: 'position', descending: false },
  rows: ROWS,
  figures: {},
});

describe('a report that leads to a form', () => {
  it('links each row that has something to enter to the form filled in for it', () => {
    const { rows, columns } = reportView(shown(holding('R', 'C')));
    expect(columns.map(({ label }) => label)).toEqual(['Name', 'Entry']);
    expect(rows.map(({ cells }) => [cells[1]?.text, cells[1]?.url])).toEqual([
      ['Enter it', '/child/example/records/new?child=1'],
      ['', ''],
    ]);
  });

  it('leads nobody to a form that is not for him', () => {
    expect(reportView(shown(holding('R', 'X'))).columns.map(({ label }) => label)).toEqual(['Name']);
  });

  it('has no links in files', () => {
    const columns = columnsFor(WAITING, holding('R', 'C'), 'file');
    const [row] = ROWS;
    expect(row && reportTexts({ ...shown(holding()), columns }, row)).toEqual(['測試寶寶']);
  });
});

describe('a list', () => {
  it('has a person’s columns for what is about a person, and breaks no name or number over lines', () => {
    const kinds = AREAS.flatMap(({ kinds: all, labels: said }) => all.map((kind) => ({ kind, said })));
    const nobodys = kinds
      .filter(({ kind, said }) => {
        const told = { kind, labels: createLabels(said), locale: 'en' as const, now: new Date() };
        return !columnsOf(told).some(({ label }) => label === 'Name');
      })
      .map(({ kind }) => kind.key);
    expect(nobodys.toSorted()).toEqual(['child-claim', 'hr-settlement']);

    const cells = cellsOf(
      ['蘇示範82', 'F20****820', '示範醫院', '葡萄糖-六-磷酸鹽去氫缺乏症', 'two words here', ''].map(
        (text) => ({
          label: text,
          cell: () => ({ text }),
        }),
      ),
      {} as Parameters<typeof cellsOf>[1],
    );
    expect(cells.map(({ isWhole }) => isWhole)).toEqual([true, true, true, false, false, false]);
  });
});
