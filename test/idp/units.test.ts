import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { type Database, openDatabase } from '#db/handle.ts';
import { units } from '#db/idp/seed/world.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { COUNTIES, findTown, readSearch, searchUnits, unitRoutes } from '#idp/units/index.ts';
import type { RequestState } from '#kit/http/context.ts';
import { requestState } from '#kit/http/request.ts';
import { cloneDatabase } from '../support/databases.ts';

let database: Database<IdpTables>;
let drop: () => Promise<void>;
let server: Server;
let base: string;

beforeAll(async () => {
  const clone = await cloneDatabase('idp');
  drop = clone.drop;
  database = openDatabase<IdpTables>({
    url: clone.url,
    connections: 4,
    applicationName: 'test',
    onConnectionLost: () => {},
  });
  for (const { nameEn, ...unit } of units) {
    await database.db
      .insertInto('unit')
      .values({ ...unit, name_en: nameEn })
      .execute();
  }
  await database.db
    .insertInto('unit')
    .values({
      code: '3501010001',
      name: '歇業診所 100%',
      name_en: 'Closed Clinic',
      kind: 'clinic',
      county: '63000',
      town: '63000010',
      status: 'closed',
    })
    .execute();
  const app = new Koa<RequestState>();
  app.use(requestState());
  app.use(unitRoutes({ db: database.db }).routes());
  server = app.listen(0);
  base = `http://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await database.close();
  await drop();
});

const find = (text: string, county = '', town = '') =>
  searchUnits(database.db, readSearch({ text, county, town }, 10)).then((found) =>
    found.map(({ code }) => code),
  );

describe('where a unit lies', () => {
  test('§4.2: all 22 counties with their 368 townships, each under its own county', () => {
    expect(COUNTIES).toHaveLength(22);
    expect(COUNTIES.flatMap(({ towns }) => towns)).toHaveLength(368);
    expect(COUNTIES.every(({ code, towns }) => towns.every((town) => town.code.startsWith(code)))).toBe(true);
    expect(JSON.stringify(COUNTIES)).not.toContain('台');
    expect(findTown('10017', '10017070')?.nameEn).toBeDefined();
    expect(findTown('63000', '10017070')).toBeUndefined();
  });
});

describe('finding a unit', () => {
  test('P-11: by code, by the beginning of a code, and by what a list shows', async () => {
    expect(await find('376570300I')).toEqual(['376570300I']);
    expect(await find('376570300i')).toEqual(['376570300I']);
    expect(await find('３７６５７０')).toEqual(['376570300I']);
    expect(await find('376570300I-基隆市衛生局')).toEqual(['376570300I']);
  });

  test('P-11: by a part of the name in either language', async () => {
    expect(await find('衛生局')).toEqual(['376570300I']);
    expect(await find('health station')).toEqual(['2311170010']);
  });

  test('P-11: by county, then township', async () => {
    expect(await find('', '63000')).toEqual(['A21040000I']);
    expect(await find('', '10017', '10017070')).toEqual(['2311170010', '376570300I', '9876543210']);
    expect(await find('示範', '10017', '10017010')).toEqual([]);
  });

  test('§4.1: a closed unit is never offered', async () => {
    expect(await find('3501010001')).toEqual([]);
  });

  test.each(['%', '_', '\\', '100%', "' or 1=1 --", '\u0000'])(
    'wildcards and quotes mean themselves: %j',
    async (text) => {
      const found = await find(text);
      expect(text === '\u0000' ? found.length : found).toEqual(text === '\u0000' ? 4 : []);
    },
  );
});

describe('live search', () => {
  const ask = async (
    query: string,
  ): Promise<{ towns: unknown[]; units: { code: string; name: string }[] }> => {
    const answer = await fetch(`${base}/units.json?${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as { towns: unknown[]; units: { code: string; name: string }[] };
  };

  test('P-11: a county brings its townships, a unit its county and township', async () => {
    const { towns, units: found } = await ask('county=10017&q=9876543210&lang=en');
    expect(towns).toHaveLength(7);
    expect(found).toEqual([
      { code: '9876543210', name: 'Demonstration Hospital', county: '10017', town: '10017070' },
    ]);
  });

  test('P-11: nothing asked, nothing listed; a township of another county does not count', async () => {
    expect((await ask('')).units).toEqual([]);
    expect((await ask('county=63000&town=10017070')).units.map(({ code }) => code)).toEqual(['A21040000I']);
    expect((await ask('county=%00&town=x&q=%E2%80%AE')).units).toEqual([]);
  });
});
