import { MENU_ROLE_GRANTS } from '#mch/access/grants.ts';
import { rightsOn } from '#mch/access/index.ts';
import { findNode } from '#mch/menu/index.ts';
import { menuOf } from '#mch/places.ts';
import { ofAreas } from '#mch/retention/index.ts';
import { type Area, type RecordKind, createLabels } from '#mch/records/index.ts';
import { HOSPITAL, type Mch } from '../support/mch.ts';
import { exampleForm } from '../support/example.ts';
import type { OpAccount } from '../support/fake-op.ts';
import { actingAs, send } from '../support/people.ts';
import type { Visitor } from '../support/visitor.ts';

/** A menu role that holds all of the rights on a function of the area. */
function roleWith(area: Area, path: string, rights: string): string {
  const menu = menuOf([area]);
  const found = Object.keys(MENU_ROLE_GRANTS).find((role) => {
    const held = rightsOn(menu.grantsOf({ role: '', menuRoles: [role] }), path);
    return rights.split('').every((right) => held.includes(right as never));
  });
  if (!found) throw new Error(`no menu role has ${rights} on ${path}`);
  return found;
}

const holder = (id: string, menuRoles: string[]): OpAccount => ({
  ...HOSPITAL,
  id: `P@0000009${id}P@mbh_01`,
  menu_roles: menuRoles,
});

/** What every area promises; `start` gives a system that has it. */
export function areaContract(
  area: Area,
  start: () => Mch,
  /** What a kind's form must say instead of its example. */
  special: Readonly<Record<string, Record<string, string>>> = {},
): void {
  const labels = createLabels(area.labels);
  const named = (key: string): void => {
    for (const locale of ['zh-TW', 'en'] as const) expect(labels.text(locale, key)).not.toBe('');
  };

  it('names every part, field, choice, condition and column in both languages', () => {
    for (const kind of area.kinds) {
      for (const { name, fields } of [...kind.parts, ...kind.groups]) {
        named(`part.${name}`);
        for (const [field, { options }] of Object.entries(fields)) {
          named(field);
          options.forEach((option) => named(`${field}.${option}`));
        }
      }
      Object.keys(kind.conditions).forEach((name) => named(`only.${name}`));
    }
    for (const { id } of area.todos) named(`todo.${id}`);
    for (const report of area.reports) {
      const own = report.path.split('/').slice(2).join('.');
      for (const { name } of [...report.columns, ...report.fields, ...(report.figures ?? [])]) {
        named(labels.has(`${own}.${name}`) ? `${own}.${name}` : name);
      }
    }
  });

  it('stands in the menu, named in both languages, for whoever may do something there and nobody else', () => {
    const menu = menuOf([area]);
    for (const { path } of [...area.kinds, ...area.reports]) {
      const menuRoles = [roleWith(area, path, 'R')];
      expect(findNode(menu.visibleTo({ role: 'mch_user', menuRoles }), path)?.path).toBe(path);
      expect(findNode(menu.visibleTo({ role: 'mch_user', menuRoles: [] }), path)).toBeUndefined();
      for (const locale of ['zh-TW', 'en'] as const) expect(menu.labelOf(path, locale)).not.toBe('');
    }
  });

  it('declares what becomes of every table of its schema', () => {
    const sql = Object.values(area.schema)
      .map((step) => (typeof step === 'string' ? step : step.sql))
      .join('\n');
    const tables = [...sql.matchAll(/create table (?:if not exists )?(\w+)/g)].map(([, table]) => table);
    expect(tables.filter((table) => ofAreas([area])[table ?? ''] === undefined)).toEqual([]);
  });

  it('has a typed column for every field', async () => {
    const types: Record<string, string[]> = {
      text: ['text'],
      area: ['text'],
      whole: ['integer', 'smallint'],
      weeks: ['integer', 'smallint'],
      decimal: ['numeric'],
      day: ['date'],
      moment: ['timestamp with time zone'],
      choice: ['text'],
      flags: ['ARRAY'],
      'yes-no': ['boolean'],
      unit: ['text'],
      town: ['text'],
    };
    const columns = await start().database.query<{ at: string; type: string }>(
      `select table_name || '.' || column_name as at, data_type as type from information_schema.columns
       where table_schema = 'public' and $1`,
      [true],
    );
    const typeOf = new Map(columns.map(({ at, type }) => [at, type]));
    for (const { table, fields } of area.kinds.flatMap(({ parts, groups }) => [...parts, ...groups])) {
      for (const [name, { kind }] of Object.entries(fields)) {
        expect([`${table}.${name}`, typeOf.get(`${table}.${name}`)]).toEqual([
          `${table}.${name}`,
          expect.stringMatching(new RegExp(`^(${types[kind]?.join('|')})$`)),
        ]);
      }
    }
  });

  it('lists, takes, submits, locks and exports each kind; the wrong role gets nowhere', async () => {
    const numbers = new Map<string, string>();
    for (const [at, kind] of area.kinds.entries()) {
      const worker = holder(`1${at}`, [roleWith(area, kind.path, 'RCS')]);
      const visitor = await actingAs(start(), worker);
      for (const lang of ['zh-TW', 'en']) {
        expect((await visitor.go(`/${kind.path}?lang=${lang}`)).status).toBe(200);
      }
      if (kind.isMade) await isMade(start(), visitor, kind, numbers);
      else await takes(visitor, worker, kind, numbers, special[kind.key]);
      const stranger = await actingAs(start(), holder(`2${at}`, []));
      expect((await stranger.go(`/${kind.path}`)).status).toBe(403);
      expect((await stranger.go(`/${kind.path}/${numbers.get(kind.key)}`)).status).toBe(403);
      expect((await send(stranger, `/${kind.path}`, holder(`2${at}`, []), { deed: 'draft' })).status).toBe(
        403,
      );
    }
  });

  it('draws each report in both languages and as a file; the wrong role gets nowhere', async () => {
    for (const [at, report] of area.reports.entries()) {
      const reader = holder(`3${at}`, [roleWith(area, report.path, 'RX')]);
      const visitor = await actingAs(start(), reader);
      for (const lang of ['zh-TW', 'en']) {
        expect((await visitor.go(`/${report.path}?lang=${lang}`)).status).toBe(200);
      }
      for (const format of ['xlsx', 'ods']) {
        expect((await visitor.go(`/${report.path}/export?format=${format}`)).status).toBe(200);
      }
      const stranger = await actingAs(start(), holder(`4${at}`, []));
      expect((await stranger.go(`/${report.path}`)).status).toBe(403);
    }
  });
}

/** A record nobody types came of those before it. */
async function isMade(
  mch: Mch,
  visitor: Visitor,
  kind: RecordKind,
  numbers: Map<string, string>,
): Promise<void> {
  const made = await mch.database.db
    .selectFrom('record')
    .select('no')
    .where('kind', '=', kind.key)
    .orderBy('no', 'desc')
    .executeTakeFirstOrThrow();
  expect((await visitor.go(`/${kind.path}/${made.no}`)).status).toBe(200);
  const parent = kind.parent === undefined ? '' : `?parent=${numbers.get(kind.parent)}`;
  expect((await visitor.go(`/${kind.path}/new${parent}`)).status).toBe(403);
  numbers.set(kind.key, String(made.no));
}

async function takes(
  visitor: Visitor,
  worker: OpAccount,
  kind: RecordKind,
  numbers: Map<string, string>,
  special: Record<string, string> = {},
): Promise<void> {
  const parent = kind.parent === undefined ? {} : { parent: numbers.get(kind.parent) ?? '' };
  const query = kind.parent === undefined ? '' : `?parent=${numbers.get(kind.parent)}`;
  expect((await visitor.go(`/${kind.path}/new${query}`)).status).toBe(200);
  const form = { ...exampleForm(kind, 900), ...parent, ...special };
  const draft = await send(visitor, `/${kind.path}`, worker, { ...form, deed: 'draft' });
  expect([kind.key, draft.status]).toEqual([kind.key, 200]);
  const no = /\/(\d+)(?:\?|$)/.exec(draft.url)?.[1] ?? '';
  const asked = await send(visitor, `/${kind.path}/${no}`, worker, { ...form, version: '1', deed: 'submit' });
  const confirmed = [...asked.text.matchAll(/name="confirmed" value="([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  const sent =
    confirmed.length === 0
      ? asked
      : await visitor.go(`/${kind.path}/${no}`, {
          form: { acting: worker.id, ...form, version: '1', deed: 'submit', confirmed: confirmed[0] ?? '' },
        });
  expect([kind.key, sent.status]).toEqual([kind.key, 200]);
  expect((await visitor.go(`/${kind.path}/${no}/edit`)).url).not.toContain('/edit');
  for (const page of ['', '/print', '/history']) {
    expect((await visitor.go(`/${kind.path}/${no}${page}`)).status).toBe(200);
  }
  numbers.set(kind.key, no);
}
