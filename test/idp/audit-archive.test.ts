import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { archiveAudit } from '#idp/audit-trail/index.ts';
import { verifyArchive } from '#idp/audit-trail/service/archive.ts';
import { type AuditWorld, startAuditWorld } from './audit-world.ts';

describe('the audit trail written away as it grows', () => {
  let world: AuditWorld;
  let directory: string;
  beforeEach(async () => {
    world = await startAuditWorld();
    directory = mkdtempSync(path.join(tmpdir(), 'archive-'));
  });
  afterEach(async () => {
    await world.stop();
    rmSync(directory, { recursive: true });
  });

  const archive = () => archiveAudit(world.database.db, directory);
  const change = (file: string, from: string, to: string): void => {
    const name = path.join(directory, file);
    const text = readFileSync(name, 'utf8');
    expect(text).toContain(from);
    writeFileSync(name, text.replace(from, to));
  };

  it('J5: every sealed record once, in files that are never touched again, and verifiable without the database', async () => {
    await world.record('a.done', 'b.done');
    await world.seal();
    expect(await archive()).toBeGreaterThanOrEqual(2);
    const [first = ''] = readdirSync(directory);
    const before = readFileSync(path.join(directory, first), 'utf8');
    expect(await archive()).toBe(0);
    await world.record('c.done');
    expect(await archive()).toBe(0); // not sealed yet
    await world.seal();
    expect(await archive()).toBe(1);
    expect(readdirSync(directory)).toHaveLength(2);
    expect(readFileSync(path.join(directory, first), 'utf8')).toBe(before);
    expect(await verifyArchive(directory)).toMatchObject({ findings: [] });
    const text = readdirSync(directory)
      .map((name) => readFileSync(path.join(directory, name), 'utf8'))
      .join('');
    for (const type of ['a.done', 'b.done', 'c.done']) expect(text.split(`"${type}"`)).toHaveLength(2);
  });

  it('J5: a file that was changed, shortened or taken away shows', async () => {
    await world.record('a.done', 'b.done');
    await world.seal();
    await archive();
    await world.record('c.done');
    await world.seal();
    await archive();
    const [first = '', second = ''] = readdirSync(directory);
    change(second, '"c.done"', '"d.done"');
    expect((await verifyArchive(directory)).findings).toEqual([
      expect.stringContaining('changed, missing or added'),
    ]);
    change(second, '"d.done"', '"c.done"');
    expect((await verifyArchive(directory)).findings).toEqual([]);
    const [, sealed = ''] =
      /"sealedAt":"([^"]+)"/.exec(readFileSync(path.join(directory, second), 'utf8')) ?? [];
    change(second, sealed, '2020-01-01T00:00:00.000000Z');
    expect((await verifyArchive(directory)).findings).toEqual([expect.stringContaining('is changed')]);
    change(second, '2020-01-01T00:00:00.000000Z', sealed);
    rmSync(path.join(directory, first));
    expect((await verifyArchive(directory)).findings).toEqual([expect.stringContaining('follows none')]);
  });

  it('R37: what a restored database has lost stays in the archive, and the new time goes on beside it', async () => {
    await world.record('a.done');
    await world.seal();
    await archive();
    await world.record('lost.done');
    await world.seal();
    await archive();
    await world.tamper('delete from audit_seal where number = (select max(number) from audit_seal)');
    await world.tamper("delete from audit_event where type = 'lost.done'");
    await world.record('new.done');
    await world.seal();
    expect(await archive()).toBe(1);
    const text = readdirSync(directory)
      .map((name) => readFileSync(path.join(directory, name), 'utf8'))
      .join('');
    expect(text).toMatch(/"lost\.done"[\s\S]*"new\.done"|"new\.done"[\s\S]*"lost\.done"/);
    expect(readdirSync(directory)).toHaveLength(3);
    expect((await verifyArchive(directory)).findings).toEqual([]);
  });
});
