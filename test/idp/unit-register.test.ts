import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { advanceImport } from '../../idp/unit-register/service/advance.ts';
import { cancelImport, startApplication } from '../../idp/unit-register/service/decide.ts';
import { receiveRegister } from '../../idp/unit-register/service/receive.ts';
import { findImport } from '../../idp/unit-register/store/imports.ts';
import { listRows } from '../../idp/unit-register/store/rows.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { REGISTER_HEADING, clinicCode, clinicRow, registerFile } from '../support/register-file.ts';
import { launchProgram } from '../support/replica.ts';

let world: IdpWorld;
let hpa: string;
const folder = mkdtempSync(path.join(tmpdir(), 'register-'));

beforeAll(async () => {
  world = await startIdpWorld();
  const { id } = await world.database.db
    .selectFrom('account')
    .select('id')
    .where('login_name', '=', 'demo.hpa')
    .executeTakeFirstOrThrow();
  hpa = id;
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.stop();
});

const deps = () => ({ db: world.database.db, clock: () => new Date() });
const file = (bytes: AsyncIterable<Buffer>) => ({ name: 'register.csv', bytes, isCut: () => false });
async function* rowsOf(...rows: string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(REGISTER_HEADING + rows.join(''));
}

async function receive(bytes: AsyncIterable<Buffer>): Promise<string> {
  const received = await receiveRegister(deps(), { accountId: hpa }, file(bytes));
  if (!received.taken) throw new Error(received.reason);
  return received.id;
}

const statusOf = async (id: string) => (await findImport(world.database.db, id))?.status;
const reached = (id: string, status: string) =>
  eventually(async () => expect(await statusOf(id)).toBe(status), 60_000);

/** Takes in, checks and applies. */
async function importRows(...rows: string[]): Promise<string> {
  const id = await receive(rowsOf(...rows));
  await reached(id, 'previewed');
  expect(await startApplication(deps(), { accountId: hpa }, { id, reason: 'monthly register' })).toEqual({
    done: true,
  });
  await reached(id, 'applied');
  return id;
}

const unit = (n: number) =>
  world.database.db.selectFrom('unit').selectAll().where('code', '=', clinicCode(n)).executeTakeFirst();

describe('M-37: importing the institution register', () => {
  it('adds, changes, closes and leaves alone, once somebody said yes to the preview', async () => {
    await importRows(clinicRow(1), clinicRow(2), clinicRow(3));
    const id = await receive(
      rowsOf(
        clinicRow(1, '改名診所'),
        clinicRow(2, undefined, '歇業'),
        clinicRow(3),
        clinicRow(4),
        clinicRow(5, '=1+1'),
        clinicRow(6),
        clinicRow(6),
      ),
    );
    await reached(id, 'previewed');
    expect((await findImport(world.database.db, id))?.counts).toEqual({
      ...{ new: 1, changed: 1, closed: 1, unchanged: 1, faulty: 3, skipped: 0 },
    });
    expect(await unit(4)).toBeUndefined(); // nothing yet
    const [changed] = await listRows(world.database.db, id, 'changed', 0, 10);
    expect(changed?.changes).toEqual({ name: ['合成第1診所', '改名診所'] });

    expect(await startApplication(deps(), { accountId: hpa }, { id, reason: ' ' })).toEqual({
      ...{ done: false, reason: 'reason_missing' },
    });
    await startApplication(deps(), { accountId: hpa }, { id, reason: 'monthly register' });
    await reached(id, 'applied');
    expect(await unit(1)).toMatchObject({ name: '改名診所', version: 2 });
    expect(await unit(2)).toMatchObject({ status: 'closed' });
    expect(await unit(3)).toMatchObject({ version: 1 });
    expect(await unit(4)).toMatchObject({ county: '63000', kind: 'clinic' });
    expect(await unit(5)).toBeUndefined();
    expect(await unit(6)).toBeUndefined();
    const events = await world.database.db
      .selectFrom('audit_event')
      .select(['type', 'account_id'])
      .where(sql<boolean>`details->>'import' = ${id}`)
      .orderBy('id')
      .execute();
    expect(events.map(({ type }) => type)).toEqual([
      ...['unit_import.started', 'unit_import.approved', 'unit_import.applied'],
    ]);
  });

  it('lets one import be under way, and says whose; cancelled, it leaves nothing', async () => {
    const id = await receive(rowsOf(clinicRow(11)));
    const second = await receiveRegister(deps(), { accountId: hpa }, file(rowsOf(clinicRow(12))));
    expect(second).toMatchObject({ taken: false, reason: 'under_way', by: { id, startedByName: '張示範' } });
    await reached(id, 'previewed');
    expect(await cancelImport(deps(), { accountId: hpa }, id)).toEqual({ done: true });
    expect(await cancelImport(deps(), { accountId: hpa }, id)).toEqual({ done: false, reason: 'too_late' });
    expect(await startApplication(deps(), { accountId: hpa }, { id, reason: 'x' })).toMatchObject({
      reason: 'too_late',
    });
    await eventually(async () => expect(await listRows(world.database.db, id, 'new', 0, 1)).toEqual([]));
    expect(await unit(11)).toBeUndefined();
  });

  it('starts once under twenty parallel tries, and is approved once', async () => {
    const tries = await Promise.all(
      Array.from({ length: 20 }, () =>
        receiveRegister(deps(), { accountId: hpa }, file(rowsOf(clinicRow(21)))),
      ),
    );
    const taken = tries.filter((one) => one.taken);
    expect(taken).toHaveLength(1);
    const [{ id }] = taken as [{ taken: true; id: string }];
    await reached(id, 'previewed');
    const approvals = await Promise.all(
      Array.from({ length: 20 }, () => startApplication(deps(), { accountId: hpa }, { id, reason: 'x' })),
    );
    expect(approvals.filter(({ done }) => done)).toHaveLength(1);
    await reached(id, 'applied');
  });

  it('passes over a unit that somebody changed after the preview, and reports it', async () => {
    await importRows(clinicRow(31));
    const id = await receive(rowsOf(clinicRow(31, '檔案的名稱')));
    await reached(id, 'previewed');
    await world.database.db
      .updateTable('unit')
      .set({ name: '手動的名稱' })
      .where('code', '=', clinicCode(31))
      .execute();
    await startApplication(deps(), { accountId: hpa }, { id, reason: 'x' });
    await reached(id, 'applied');
    expect(await unit(31)).toMatchObject({ name: '手動的名稱' });
    expect(await listRows(world.database.db, id, 'skipped', 0, 10)).toMatchObject([
      { code: clinicCode(31), outcome: 'changed_meanwhile' },
    ]);
  });

  it('does not close a unit that people have accounts at', async () => {
    const row = '9876543210,示範醫院,醫院,基隆市,信義區,,,歇業\r\n';
    const id = await receive(rowsOf(row));
    await reached(id, 'previewed');
    expect(await listRows(world.database.db, id, 'faulty', 0, 10)).toMatchObject([
      { faults: ['status.still_used'] },
    ]);
    expect(await startApplication(deps(), { accountId: hpa }, { id, reason: 'x' })).toMatchObject({
      reason: 'nothing_to_do',
    });
    await cancelImport(deps(), { accountId: hpa }, id);
  });

  it('fails as a whole what cannot be read, and what broke off', async () => {
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from(REGISTER_HEADING + clinicRow(41));
      throw Object.assign(new Error('gone'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    };
    expect(await receiveRegister(deps(), { accountId: hpa }, file(broken()))).toMatchObject({
      why: 'broken_off',
    });
    const cut = { ...file(rowsOf(clinicRow(41))), isCut: () => true };
    expect(await receiveRegister(deps(), { accountId: hpa }, cut)).toMatchObject({ why: 'too_large' });
    await importRows(clinicRow(42)); // nothing stands in the way
  });

  it('F8: goes on after kill -9 in the middle of applying, nothing lost and nothing doubled', async () => {
    const name = path.join(folder, 'register.csv');
    const text: Buffer[] = [];
    for await (const piece of registerFile(12_000)) text.push(piece);
    writeFileSync(name, Buffer.concat(text));
    const { output } = await world.command('units', 'import', name, '--by', 'demo.hpa');
    const id = output.slice(0, 36);
    await reached(id, 'previewed');
    await world.replicas[0]?.kill();
    await startApplication(deps(), { accountId: hpa }, { id, reason: 'after the crash' });

    const killed = async (): Promise<void> => {
      const { child, exited } = launchProgram(['idp/cli.ts', 'units', 'continue', id], { ...world.env });
      const before = (await findImport(world.database.db, id))?.appliedTo ?? 0;
      await eventually(async () => {
        expect((await findImport(world.database.db, id))?.appliedTo ?? 0).toBeGreaterThan(before);
      }, 30_000);
      child.kill('SIGKILL');
      await exited;
    };
    await killed();
    await killed();
    expect(await statusOf(id)).toBe('applying');
    await world.restart(0);
    await reached(id, 'applied');

    const found = await findImport(world.database.db, id);
    const { rows } = await sql<{ units: number; versions: number; done: number }>`
      select (select count(*)::int from unit where code like '35%') as units,
        (select max(version) from unit where code > ${clinicCode(50)} and code like '35%') as versions,
        (select count(*)::int from unit_import_row where import_id = ${id} and outcome = 'done') as done`.execute(
      world.database.db,
    );
    expect(rows[0]?.units).toBe(12_000);
    expect(rows[0]?.versions).toBe(1);
    expect(rows[0]?.done).toBe((found?.counts.new ?? 0) + (found?.counts.changed ?? 0));
  });

  it('shares the work among replicas, each batch done by one', async () => {
    const id = await receive(registerFileFrom(20_001, 3000));
    await reached(id, 'previewed');
    await world.replicas[0]?.stop();
    await startApplication(deps(), { accountId: hpa }, { id, reason: 'x' });
    const batches = { check: 100, apply: 100 };
    for (let working = true; working;) {
      const turns = await Promise.all([1, 2, 3, 4].map(() => advanceImport(deps(), batches)));
      working = turns.some(Boolean);
    }
    expect(await findImport(world.database.db, id)).toMatchObject({
      ...{ status: 'applied', counts: { new: 3000, skipped: 0 } },
    });
    await world.restart(0);
  });
});

async function* registerFileFrom(first: number, count: number): AsyncGenerator<Buffer> {
  yield Buffer.from(
    REGISTER_HEADING + Array.from({ length: count }, (_none, at) => clinicRow(first + at)).join(''),
  );
}
