import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import { migrate } from '#db/migrate.ts';
import { cloneDatabase } from './support/databases.ts';

describe('the identity provider database', () => {
  let database: Database<IdpTables>;
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    database = openDatabase({
      url: clone.url,
      connections: 4,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  it('migrates once, however many replicas ask at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(clone.url, idpMigrations)));
    const applied = await database.query<{ name: string }>(
      'select name from kysely_migration where name > $1',
      [''],
    );
    expect(applied).toHaveLength(Object.keys(idpMigrations).length);
  });

  it('sends statements named, so that they are planned once a connection', async () => {
    await database.db.selectFrom('account').select('id').where('login_name', '=', 'nobody').execute();
    const prepared = await database.query<{ count: number }>(
      'select count(*)::int as count from pg_prepared_statements where statement like $1',
      ['select "id" from "account"%'],
    );
    expect(prepared[0]?.count).toBe(1);
  });

  it('refuses to change or remove an audit record', async () => {
    await database.db
      .insertInto('audit_event')
      .values({ type: 'test.done', outcome: 'success' } as never)
      .execute();
    await expect(database.db.deleteFrom('audit_event').execute()).rejects.toMatchObject({ code: '42501' });
    await expect(
      database.db.updateTable('audit_event').set({ reason: 'changed' }).execute(),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
