import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { idpMigrations } from '#db/idp/migrations.ts';
import { migrate } from '#db/migrate.ts';
import { maintainAuditPartitions, verifyAudit } from '#idp/audit-trail/index.ts';
import { monthStart } from '#idp/audit-trail/policy.ts';
import { createPartition } from '#idp/audit-trail/store/partitions.ts';
import { type AuditWorld, startAuditWorld } from './audit-world.ts';

const OLD_COLUMNS =
  'type, outcome, reason, account_id, actor_account_id, client_id, session_uid, ip, user_agent, request_id, details';

describe('the audit trail by month', () => {
  let world: AuditWorld;
  beforeEach(async () => {
    world = await startAuditWorld();
  });
  afterEach(() => world.stop());

  const names = async (): Promise<string[]> => {
    const rows = await world.database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_event'::regclass and $1
       order by 1`,
      [true],
    );
    return rows.map(({ name }) => name);
  };
  const partitionOf = async (id: number | undefined): Promise<string> => {
    const rows = world.database.query<{ name: string }>(
      `select tableoid::regclass::text as name from audit_event where id = $1`,
      [id],
    );
    return (await rows)[0]?.name ?? '';
  };

  it('makes the coming months, any number of replicas at once', async () => {
    const later = monthStart(new Date(), 5);
    const before = await names();
    const made = await Promise.all(
      Array.from({ length: 6 }, () => maintainAuditPartitions(world.database.db, later, 240)),
    );
    // up to the third month after that one, from where the migration stopped
    expect(made.reduce((sum, { created }) => sum + created, 0)).toBe(5);
    expect((await names()).length).toBe(before.length + 5);
    expect(await maintainAuditPartitions(world.database.db, later, 240)).toEqual({ created: 0, dropped: 0 });
  });

  it('has a place for records beyond every partition', async () => {
    await world.database.query(
      `insert into audit_event (type, outcome, at) values ('far.done', 'success', $1)`,
      [monthStart(new Date(), 30)],
    );
    expect(await names()).toContain('audit_event_beyond');
    await world.seal();
    expect((await verifyAudit(world.deps)).findings).toEqual([]);
  });

  it('J7: removes a month past its retention once it is sealed; its seals stay, the rest verifies, a record tells', async () => {
    const { db } = world.database;
    const end = (
      await world.database.query<{ at: Date }>(
        `select (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC' as at where $1`,
        [true],
      )
    )[0]?.at;
    // as if it had run for a year: the migration's partition ends then
    await world.tamper(`alter table audit_event detach partition audit_event_before`);
    const yearAgo = monthStart(new Date(), -12);
    await world.tamper(`create table kept as select * from audit_event_before`);
    await world.tamper(`truncate audit_event_before`);
    await world.tamper(
      `alter table audit_event attach partition audit_event_before for values from (minvalue)
       to ('${monthStart(new Date(), -11).toISOString()}')`,
    );
    for (let month = -11; month <= 0; month += 1) {
      await createPartition(db, monthStart(new Date(), month), monthStart(new Date(), month + 1));
    }
    expect(end).toEqual(monthStart(new Date(), 1));
    await world.tamper(`insert into audit_event overriding system value select * from kept`);
    expect(await world.findings()).toEqual([]);

    await world.database.query(
      `insert into audit_event (type, outcome, at) values ('old.done', 'success', $1)`,
      [new Date(yearAgo.getTime() + 1000)],
    );
    const [recent] = await world.record('new.done');
    expect(await partitionOf(recent)).toMatch(/^audit_event_\d{4}_\d{2}$/);
    // not sealed yet: kept whatever its age
    expect((await maintainAuditPartitions(db, new Date(), 6)).dropped).toBe(5);
    expect(await names()).toContain('audit_event_before');
    await world.seal();
    const runs = await Promise.all([1, 2, 3].map(() => maintainAuditPartitions(db, new Date(), 6)));
    expect(runs.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(1);
    expect(await names()).not.toContain('audit_event_before');
    await world.seal();

    const result = await verifyAudit(world.deps);
    expect(result.findings.filter(({ kind }) => kind !== 'record_backdated')).toEqual([]);
    expect(result.retired).toBe(1);
    const told = await db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'audit.retired')
      .execute();
    expect(told.map(({ details }) => details)).toContainEqual({
      partition: 'audit_event_before',
      to: monthStart(new Date(), -11).toISOString(),
      records: 1,
      firstId: expect.any(Number) as number,
      lastId: expect.any(Number) as number,
    });
    // what is younger than the law allows to remove counts as missing, whatever a record claims
    await world.tamper(`delete from audit_event where id = $1`, [recent]);
    await world.tamper(
      `insert into audit_event (type, outcome, details)
       values ('audit.retired', 'success', '{"to": "2099-01-01T00:00:00.000Z"}')`,
    );
    await world.seal();
    expect(await world.findings()).toContain(`record_missing:${recent}`);
  });
});

describe('the migration of the audit trail', () => {
  it('keeps what was recorded, identity, grants and the rule; the previous release writes on', async () => {
    const server = process.env['TEST_DATABASE_SERVER'] ?? '';
    const name = `audit_${randomBytes(6).toString('hex')}`;
    const role = `reader_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client({ connectionString: server });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = server.replace('/postgres?', `/${name}?`);
    const before = Object.fromEntries(Object.entries(idpMigrations).filter(([key]) => key < '0018'));
    await migrate(url, before);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const insert = (type: string) =>
      client.query(
        `insert into audit_event (${OLD_COLUMNS})
         values ($1, 'success', null, null, null, null, null, null, null, null, '{}') returning id`,
        [type],
      );
    for (const type of ['one.done', 'two.done']) await insert(type);
    await client.query(`create role ${role}`);
    await client.query(`grant select, insert on audit_event to ${role}`);

    await migrate(url, idpMigrations);
    expect((await insert('three.done')).rows).toEqual([{ id: 3 }]);
    const { rows } = await client.query(
      `select id::int, type, xid::text as xid from audit_event order by id`,
    );
    expect(rows.map(({ id, type }: { id: number; type: string }) => [id, type])).toEqual([
      [1, 'one.done'],
      [2, 'two.done'],
      [3, 'three.done'],
    ]);
    await expect(client.query(`insert into audit_event (id, type, outcome) values (9, 'x.y', 'success')`))
      .rejects // generated always
      .toMatchObject({ code: '428C9' });
    await expect(client.query(`delete from audit_event`)).rejects.toMatchObject({ code: '42501' });
    await client.query(`set role ${role}`);
    expect((await insert('four.done')).rows).toEqual([{ id: 4 }]);
    expect((await client.query(`select from audit_event`)).rowCount).toBe(4);
    await expect(client.query(`truncate audit_event`)).rejects.toMatchObject({ code: '42501' });
    await client.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.query(`drop role ${role}`);
    await admin.end();
  });
});
