import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { needPackages } from './debian.ts';
import { OLDEST_BINARIES } from './postgres-server.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Migrations, faults, the main job, partitions, the MCH system; `TEST_POSTGRES_BIN` runs any other test so too. */
const FILES = [
  'test/db.test.ts',
  'test/database-faults.test.ts',
  'test/protocol/main-job.test.ts',
  'test/idp/partitions.test.ts',
  'test/idp/audit-partitions.test.ts',
  'test/mch-app/sign-in.test.ts',
];

describe('PostgreSQL 15, the oldest supported', () => {
  it('runs every migration, the main job, the partitions and the MCH system', () => {
    needPackages('postgresql-15');
    const jest = [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--ci', ...FILES],
    ];
    const { status, stderr } = spawnSync(process.execPath, jest, {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, TEST_POSTGRES_BIN: OLDEST_BINARIES, JEST_WORKER_ID: undefined },
    });
    if (status !== 0) process.stderr.write(stderr.slice(-10_000));
    expect(status).toBe(0);
  });
});
