import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupManifest } from '../../examples/demo/hospital-group.ts';
import { cloneDatabase } from './databases.ts';
import { FIXED_CAPTCHA } from './journey.ts';
import { freePort, runProgram, startReplica } from './replica.ts';

export interface HospitalGroup {
  origin: string;
  /** Its manifest, for the single entry's `providers apply`. */
  manifestFile: string;
  stop(): Promise<void>;
}

/** The provider of the demo's hospital group, a process of its own over its own database, as `npm start` has it. */
export async function startHospitalGroup(singleEntry: string): Promise<HospitalGroup> {
  const database = await cloneDatabase('idp');
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    NODE_ENV: 'test',
    IDP_DATABASE_URL: database.url,
    IDP_ISSUER: origin,
    IDP_PORT: String(port),
    IDP_MASTER_KEYS: randomBytes(32).toString('base64'),
    IDP_DEMO: '1',
    IDP_DRAIN_SECONDS: '0',
    CAPTCHA_FIXED: FIXED_CAPTCHA,
    ARGON2_MEMORY_KIB: '1024',
    ARGON2_TIME: '1',
    SINGLE_ENTRY_ORIGIN: singleEntry,
  };
  for (const args of [
    ['seed-demo', 'examples/demo/hospital-group/manifests/client.json'],
    ['seed-trial', 'single-entry'],
  ]) {
    const { code, output } = await runProgram(['idp/cli.ts', ...args], env);
    if (code !== 0) throw new Error(output);
  }
  const replica = await startReplica(['idp/main.ts'], env);
  const manifestFile = path.join(await mkdtemp(path.join(tmpdir(), 'group-')), 'group.json');
  writeFileSync(manifestFile, groupManifest(origin));
  return {
    ...{ origin, manifestFile },
    async stop() {
      await replica.stop();
      await database.drop();
    },
  };
}
