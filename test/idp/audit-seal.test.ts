import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { recordAudit } from '#idp/audit/index.ts';
import { sealAudit, signCheckpoint, verifyAudit } from '#idp/audit-trail/index.ts';
import { leafOf, merkleRoot } from '#idp/audit-trail/merkle.ts';
import { cutBatch, isRestored, nextSpan, spansAfterRestoration } from '#idp/audit-trail/policy.ts';
import { listSpan } from '#idp/audit-trail/store/records.ts';
import type { TrailRecord } from '#idp/audit-trail/types.ts';
import { type AuditWorld, startAuditWorld } from './audit-world.ts';

const REFUSED = { code: '42501' };
const TWENTY = Array.from({ length: 20 });

describe('the chain over the audit trail', () => {
  let world: AuditWorld;
  beforeEach(async () => {
    world = await startAuditWorld();
  });
  afterEach(() => world.stop());

  const query = (text: string, values: unknown[] = []) => world.database.query(text, values);
  const seals = () =>
    world.database.db.selectFrom('audit_seal').select(['number', 'records']).orderBy('number').execute();

  it('J5: is whole after honest work, and counts what it verified', async () => {
    await world.record('a.done', 'b.done');
    expect(await world.seal()).toBe(2);
    await world.record('c.done');
    const result = await verifyAudit(world.deps);
    expect(result).toMatchObject({ findings: [], unsealed: 1, cut: false });
    expect(result.records).toBeGreaterThanOrEqual(2);
  });

  it('J5: takes transactions in their order, whatever number of digits they have, so that no batch leaves one out', async () => {
    await world.tamper(
      `insert into audit_event (type, outcome, xid) select 'a.done', 'success', (12 - n)::text::xid8 from generate_series(1, 4) n`,
    );
    const span = { xidFrom: '8', xidTo: '12', afterId: 0 };
    const found = await world.database.db.transaction().execute((trx) => listSpan(trx, span, 3));
    expect(found.map(({ xid }) => xid)).toEqual(['8', '9', '10']);
  });

  it('J5: refuses to change, delete or truncate records, seals and checkpoints, in each partition too', async () => {
    await world.record('a.done');
    await world.seal();
    await signCheckpoint(world.deps);
    const tables = await query(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_event'::regclass and $1`,
      [true],
    );
    const names = ['audit_event', 'audit_seal', ...tables.map(({ name }) => String(name))];
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const column = name === 'audit_seal' ? 'number' : 'type';
      await expect(query(`update ${name} set ${column} = ${column}`)).rejects.toMatchObject(REFUSED);
      await expect(query(`delete from ${name}`)).rejects.toMatchObject(REFUSED);
      await expect(query(`truncate ${name} cascade`)).rejects.toMatchObject(REFUSED);
    }
    await expect(query(`delete from audit_checkpoint`)).rejects.toMatchObject(REFUSED);
    await expect(query(`truncate audit_checkpoint`)).rejects.toMatchObject(REFUSED);
  });

  it('J5: finds one byte a superuser changed, in every column, and says in which record', async () => {
    const [first, second] = await world.record('a.done', 'b.done', 'c.done');
    await world.seal();
    expect(await world.findings()).toEqual([]);
    await world.tamper(`update audit_event set details = '{"nr": 7}' where id = $1`, [second]);
    expect(await world.findings()).toEqual([`record_changed:${second}`]);
    await world.tamper(`update audit_event set details = '{"nr": 1}' where id = $1`, [second]);
    expect(await world.findings()).toEqual([]);
    for (const change of [
      `at = at + interval '1 microsecond'`,
      `at = at - interval '40 days'`,
      `outcome = 'refused'`,
      `actor_account_id = gen_random_uuid()`,
      `unit_code = 'x'`,
      `ip = '192.0.2.9'`,
    ]) {
      await world.tamper(`update audit_event set ${change} where id = ${first}`);
      await world.stop();
      world = await startAuditWorld();
      await world.record('a.done', 'b.done', 'c.done');
      await world.seal();
    }
  });

  it('J5: finds a deleted record, an added one, and one dated back', async () => {
    const [, second] = await world.record('a.done', 'b.done', 'c.done');
    await world.seal();
    await world.tamper(`delete from audit_event where id = $1`, [second]);
    await world.tamper(
      `insert into audit_event (id, at, type, outcome, xid) overriding system value
       select 900000, now(), 'x.done', 'success', xid_from from audit_seal order by number desc limit 1`,
    );
    expect(await world.findings()).toEqual([`record_missing:${second}`, 'record_added:900000']);

    await world.tamper(
      `insert into audit_event (id, at, type, outcome) overriding system value
       values (900001, now() - interval '3 hours', 'x.done', 'success')`,
    );
    await world.seal();
    expect(await world.findings()).toContain('record_backdated:900001');
  });

  it('J5: finds a seal changed, removed, or the chain made anew, against the signed checkpoints', async () => {
    for (const type of ['a.done', 'b.done', 'c.done'] as const) {
      await world.record(type);
      await world.seal();
    }
    const last = (await seals()).at(-1)?.number ?? 0;
    expect(await signCheckpoint(world.deps)).toBe(last);
    const [file] = readdirSync(world.checkpointDir);
    expect(file).toBe(`checkpoint-${String(last).padStart(12, '0')}.jws`);

    await world.tamper(
      `update audit_seal set sealed_at = sealed_at + interval '1 second' where number = $1`,
      [last],
    );
    expect(await world.findings()).toEqual([`seal_changed:seal ${last}`]);
    await world.tamper(
      `update audit_seal set sealed_at = sealed_at - interval '1 second' where number = $1`,
      [last],
    );
    expect(await world.findings()).toEqual([]);

    await world.tamper(`delete from audit_seal where number = $1`, [last - 1]);
    expect(await world.findings()).toEqual(
      expect.arrayContaining([`seal_missing:seal ${last - 1}`, expect.stringMatching(/^record_added:/)]),
    );

    // the whole chain forged again over other records, and the checkpoints in the database removed
    await world.tamper(`delete from audit_checkpoint`);
    await world.tamper(`delete from audit_seal`);
    await world.tamper(`update audit_event set ip = '192.0.2.66'`);
    await world.seal();
    expect(new Set((await world.findings()).map((finding) => finding.split(':')[0]))).toEqual(
      new Set(['checkpoint_wrong']),
    );
    const forged = path.join(world.checkpointDir, file ?? '');
    const jws = readFileSync(forged, 'utf8');
    rmSync(forged);
    expect(await world.findings()).toEqual([]);
    writeFileSync(path.join(world.checkpointDir, 'checkpoint-000000000001.jws'), jws);
    expect(await world.findings()).toEqual(['checkpoint_wrong:seal 1']);
  });

  it('seals a record that commits late, after ones with higher ids', async () => {
    const late = new pg.Client({ connectionString: world.url });
    await late.connect();
    await late.query('begin');
    await late.query(`insert into audit_event (type, outcome) values ('late.done', 'success')`);
    await world.record('a.done', 'b.done');
    // nothing after a transaction under way is sealed: it may still write
    expect(await sealAudit(world.deps)).toBe(0);
    await late.query('commit');
    await late.end();
    expect(await world.seal()).toBe(3);
    expect(await world.findings()).toEqual([]);
    const result = await verifyAudit(world.deps);
    expect(result.unsealed).toBe(0);
  });

  it('seals each record once while twenty seal and twenty record', async () => {
    const before = (await seals()).reduce((sum, { records }) => sum + records, 0);
    await Promise.all(
      TWENTY.map(async (_, index) => {
        await recordAudit(world.database.db, { type: 'parallel.done', details: { index } });
        await sealAudit(world.deps);
      }),
    );
    await world.seal();
    const all = await seals();
    expect(all.reduce((sum, { records }) => sum + records, 0)).toBe(before + 20);
    expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
    expect(await world.findings()).toEqual([]);
  });

  it('fences: who sealed with an old number is refused', async () => {
    await world.record('a.done');
    await world.seal();
    await expect(
      query(
        `insert into audit_seal select number, month, xid_from, xid_to, after_id, records, first_id, last_id,
           first_at, last_at, ids, leaves, root, $1, $1, sealed_at from audit_seal limit 1`,
        [Buffer.alloc(32, 1)],
      ),
    ).rejects.toMatchObject({ code: '23505' });
  });

  it('loses nothing when the sealer is killed in the middle', async () => {
    await query(
      `insert into audit_event (type, outcome, details)
       select 'many.done', 'success', jsonb_build_object('nr', n) from generate_series(1, $1::int) n`,
      [12_000],
    );
    const script = `
      const { openDatabase } = await import('#db/handle.ts');
      const { sealAudit } = await import('#idp/audit-trail/index.ts');
      const { db } = openDatabase({ url: process.argv[1], connections: 1, applicationName: 'x', onConnectionLost() {} });
      process.stdout.write('go\\n');
      await sealAudit({ db });`;
    for (let round = 0; round < 4; round += 1) {
      const sealer = spawn(process.execPath, ['--input-type=module', '-e', script, world.url]);
      await once(sealer.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 60));
      sealer.kill('SIGKILL');
      await once(sealer, 'close');
    }
    await world.seal();
    const result = await verifyAudit(world.deps);
    expect(result).toMatchObject({ findings: [], unsealed: 0 });
    expect(result.records).toBeGreaterThanOrEqual(12_000);
  });

  it('goes on after the database was restored from a copy, where transactions are counted anew', async () => {
    const [first] = await world.record('a.done');
    await world.seal();
    const [second] = await world.record('b.done');
    // as in a copy: what was recorded then has transaction ids this server has not reached
    await world.tamper(`update audit_event set xid = '9000000000000' where id = $1`, [second]);
    await world.tamper(`update audit_seal set xid_to = '8000000000000' where number =
      (select max(number) from audit_seal)`);
    const [third] = await world.record('c.done');
    await world.seal();
    const covered = await query(`select unnest(ids)::int as id, after_id from audit_seal where $1`, [true]);
    const of = (id: number | undefined) => covered.filter((row) => row['id'] === id);
    expect([of(first), of(second), of(third)].map((found) => found.length)).toEqual([1, 1, 1]);
    expect(of(third)[0]?.['after_id']).toBe(second);
    await world.record('d.done');
    await world.seal();
    expect((await world.findings()).filter((finding) => finding.startsWith('record'))).toEqual([]);
  });
});

describe('what is sealed when', () => {
  const head = { number: 3, hash: Buffer.alloc(32), xidTo: '100', afterId: 7, sealedAt: '' };
  const record = (id: number, xid: string) => ({ id, xid }) as TrailRecord;

  it('goes on where the last seal ended, up to the oldest transaction under way', () => {
    expect(nextSpan(undefined, { xmin: '50', xmax: '60', at: '' })).toEqual({
      xidFrom: '0',
      xidTo: '50',
      afterId: 0,
    });
    expect(nextSpan(head, { xmin: '120', xmax: '130', at: '' })).toEqual({
      xidFrom: '100',
      xidTo: '120',
      afterId: 7,
    });
    expect(isRestored(head, { xmin: '120', xmax: '130', at: '' })).toBe(false);
    expect(isRestored(head, { xmin: '20', xmax: '30', at: '' })).toBe(true);
    expect(spansAfterRestoration(head, { xmin: '20', xmax: '30', at: '' }, 42)).toEqual({
      leftovers: { xidFrom: '100', xidTo: undefined, afterId: 7 },
      span: { xidFrom: '0', xidTo: '20', afterId: 42 },
    });
  });

  it('never cuts through a transaction', () => {
    const all = [record(1, '10'), record(2, '10'), record(3, '11')];
    expect(cutBatch(all, 4, '20')).toEqual({ records: all, xidTo: '20' });
    expect(cutBatch(all, 3, '20')).toEqual({ records: all.slice(0, 2), xidTo: '11' });
    expect(cutBatch(all.slice(0, 2), 2, '20')).toBeUndefined();
    expect(cutBatch([], 5, undefined)).toEqual({ records: [], xidTo: '1' });
  });

  it('hashes as RFC 9162 says', () => {
    const leaves = ['a', 'b', 'c'].map((type) => leafOf({ id: 1, type } as TrailRecord));
    expect(new Set(leaves.map((leaf) => leaf.toString('hex'))).size).toBe(3);
    expect(merkleRoot(leaves).equals(merkleRoot(leaves.toReversed()))).toBe(false);
    expect(merkleRoot([]).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});
