import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { recordAudit } from '#idp/audit/index.ts';
import { type VerifyDeps, sealAudit, verifyAudit } from '#idp/audit-trail/index.ts';
import { rotateKeys } from '#idp/signing-keys/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';
import { SCHEDULE } from '../support/key-schedule.ts';

/** A database of its own with signing keys, nothing running on it. */
export interface AuditWorld {
  url: string;
  database: Database<IdpTables>;
  deps: VerifyDeps;
  checkpointDir: string;
  /** One committed record after another. @returns their ids */
  record(...types: `${string}.${string}`[]): Promise<number[]>;
  /** Until nothing is left to seal. @returns how many records were sealed */
  seal(): Promise<number>;
  /** `kind:record` of every finding. */
  findings(): Promise<string[]>;
  /** As a superuser past every trigger. */
  tamper(statement: string, values?: unknown[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startAuditWorld(): Promise<AuditWorld> {
  const clone = await cloneDatabase('idp');
  const database = openDatabase<IdpTables>({
    url: clone.url,
    connections: 8,
    applicationName: 'test',
    onConnectionLost: () => {},
  });
  const { db } = database;
  const checkpointDir = mkdtempSync(path.join(tmpdir(), 'checkpoints-'));
  const keyring = createKeyring(Buffer.alloc(32, 7).toString('base64'));
  const deps: VerifyDeps = {
    ...{ db, keyring, clock: systemClock, issuer: 'https://entry.example' },
    audit: { checkpointDir, checkpointSeconds: 300 },
  };
  await rotateKeys(deps, SCHEDULE, { ask: false, reason: 'test' });
  const world: AuditWorld = {
    url: clone.url,
    database,
    deps,
    checkpointDir,
    async record(...types) {
      const ids: number[] = [];
      for (const type of types) {
        await recordAudit(db, { type, details: { nr: ids.length } });
        const newest = db.selectFrom('audit_event').select('id').orderBy('id', 'desc').limit(1);
        ids.push((await newest.executeTakeFirstOrThrow()).id);
      }
      return ids;
    },
    async seal() {
      // transactions in other tests' databases hold the server's horizon back
      let sealed = await sealAudit(deps);
      for (let tries = 0; tries < 400 && (await verifyAudit(deps)).unsealed > 0; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        sealed += await sealAudit(deps);
      }
      return sealed;
    },
    async findings() {
      const { findings } = await verifyAudit(deps);
      return findings.map(({ kind, record, seal }) => `${kind}:${record ?? `seal ${seal}`}`);
    },
    async tamper(statement, values = []) {
      const client = new pg.Client({ connectionString: clone.url });
      await client.connect();
      try {
        await client.query(`set session_replication_role = 'replica'`);
        await client.query(statement, values);
      } finally {
        await client.end();
      }
    },
    async stop() {
      await database.close();
      await clone.drop();
      rmSync(checkpointDir, { recursive: true });
    },
  };
  await world.seal();
  return world;
}
