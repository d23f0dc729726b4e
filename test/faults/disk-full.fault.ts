import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as oidc from 'openid-client';
import { verifyArchive } from '#idp/audit-trail/service/archive.ts';
import { eventually as soon } from '../support/eventually.ts';
import { signIn } from '../support/journey.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';
import { PostgresServer } from './postgres-server.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const LAB_1 = 'P@00000001P@lab_01';
const SMALL = ['wal_keep_size=0', 'max_wal_size=64MB', 'min_wal_size=32MB', 'shared_buffers=32MB'];
const nurse = { loginName: 'demo.nurse', account: LAB_1 };

/** A file system of its own, so that it can be full. */
class SmallDisk {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'small-disk-'));

  constructor(size: string) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.folder]);
  }

  /** Leaves no free byte. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    try {
      writeFileSync(path.join(this.folder, 'filler'), Buffer.alloc(bavail * bsize), { flag: 'a' });
    } catch {
      // somebody else took the rest
    }
  }

  empty(): void {
    rmSync(path.join(this.folder, 'filler'), { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** On a busy machine too. */
const eventually = (check: () => void | Promise<void>): Promise<void> => soon(check, 60_000);

/** A connection that stood idle for long was closed just as it was used again: no answer, and nothing done. */
function keptAliveTooLong(error: unknown): { status: undefined } {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && /other side closed|ECONNRESET/.test(cause.message))
    return { status: undefined };
  throw error;
}

describe('a disk is full', () => {
  it('R15: the database’s: writes are refused with 503, reads and keys go on; it recovers when there is space', async () => {
    const disk = new SmallDisk('300m');
    const server = await PostgresServer.create('data', path.join(disk.folder, 'pg'));
    let world: FaultWorld | undefined;
    try {
      server.initialise(SMALL);
      await server.start();
      await server.query('create database idp');
      world = await startFaultWorld({ balancer: 'none', databaseUrl: server.url('idp') });
      const { pid } = world.replicas[0] ?? {};
      const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
      const tokens = await rp.redeem(await rp.authorize(browserOf(world), {}, nurse));
      const read = async (target: FaultWorld): Promise<number[]> => [
        (await fetch(`${target.issuer}/oidc/jwks`)).status,
        (await fetch(`${target.issuer}/.well-known/openid-configuration`)).status,
        (await post(target, '/oidc/introspection', { token: tokens.access_token }, { clientId: 'lab-app' }))
          .status,
      ];

      const statuses = new Map<number, number>();
      for (let tries = 0; tries < 2000 && (statuses.get(503) ?? 0) < 20; tries += 1) {
        disk.fill();
        const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
        const refresh = post(world, '/oidc/token', form, { clientId: 'lab-app' });
        const { status } = await refresh.catch(keptAliveTooLong);
        if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      expect(new Set(statuses.keys())).toEqual(new Set([200, 503]));
      expect(await read(world)).toEqual([200, 200, 200]);
      expect(world.replicas[0]?.pid).toBe(pid);
      expect((await fetch(`${world.issuer}/healthz`)).status).toBe(200);

      disk.empty();
      const from = performance.now();
      const target = world;
      await eventually(async () => {
        const again = await rp.redeem(await rp.authorize(browserOf(target), {}, nurse));
        expect(again.claims()?.sub).toBe(tokens.claims()?.sub);
        expect((await fetch(`${target.issuer}/readyz`)).status).toBe(200);
      });
      await oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '');
      const told = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
      recordResult({
        row: 'R15',
        deed: 'the disk of the database full (PostgreSQL 15 on a file system of 300 MB)',
        figures: `refreshes answered ${told}; introspection, keys and discovery 200 meanwhile; whole again ${((performance.now() - from) / 1000).toFixed(1)} s after there was space`,
        passed: true,
      });
    } finally {
      disk.empty();
      await world?.stop();
      await server.stop('immediate');
      disk.remove();
    }
  });

  it('R15: that of logs and of the shipped audit trail: nobody notices; no file is left half written', async () => {
    const disk = new SmallDisk('4m');
    const archive = path.join(disk.folder, 'archive');
    mkdirSync(archive);
    const log = path.join(disk.folder, 'log');
    const world = await startFaultWorld({
      balancer: 'none',
      env: { AUDIT_ARCHIVE_DIR: archive, LOG_LEVEL: 'debug' },
      launch: () => ({ wrapper: ['sh', '-c', `exec "$@" >> ${log} 2>&1`, 'sh'] }),
    });
    try {
      const { pid } = world.replicas[0] ?? {};
      const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
      const work = async (): Promise<void> => {
        const browser = browserOf(world);
        const begun = await rp.authorize(browser);
        const page = await signIn(browser, 'demo.nurse', { account: LAB_1 });
        await rp.redeem({ callback: page.url, verifier: begun.verifier });
      };
      await work();
      await eventually(() => {
        expect(readdirSync(archive).length).toBeGreaterThan(0);
        return Promise.resolve();
      });
      disk.fill();
      const before = readdirSync(archive).filter((name) => name.endsWith('.jsonl')).length;
      for (let turn = 0; turn < 10; turn += 1) await work();
      await sleep(7000); // the archive is tried again
      expect(world.replicas[0]?.pid).toBe(pid);
      expect((await fetch(`${world.issuer}/readyz`)).status).toBe(200);
      expect((await verifyArchive(archive)).findings).toEqual([]);

      disk.empty();
      await eventually(async () => {
        const whole = readdirSync(archive).filter((name) => name.endsWith('.jsonl'));
        expect(whole.length).toBeGreaterThan(before);
        const { findings, records } = await verifyArchive(archive);
        const rows = await world.database.query<{ records: number }>(
          'select coalesce(sum(records), 0)::int as records from audit_seal where $1',
          [true],
        );
        expect([findings, records]).toEqual([[], rows[0]?.records]);
      });
      expect(readdirSync(archive).filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
      recordResult({
        row: 'R15',
        deed: 'the disk of logs and of the shipped audit trail full',
        figures:
          '11 sign-ins without an error; the archive whole and verified after there was space, nothing half written',
        passed: true,
      });
    } finally {
      disk.empty();
      await world.stop();
      disk.remove();
    }
  });
});
