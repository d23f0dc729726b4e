import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { preparedBefore } from './prepared.ts';
import type { Program } from './process.ts';

const FOLDER = path.join(import.meta.dirname, 'hospital-group');
const at = (file: string): string => path.join(FOLDER, file);

const FILES = ['manifests/provider.json', 'manifests/client.json', 'texts.json'];
/** One person at a time signs in there. */
const SMALL = '--max-old-space-size=160 --max-semi-space-size=2';

const readText = (file: string): string => readFileSync(at(file), 'utf8');

/** The reviewed manifest of the hospital group's provider, at the address it has here. */
export function groupManifest(origin: string): string {
  return readText('manifests/provider.json').replace('${GROUP_ORIGIN}', origin);
}

interface Place {
  /** Not `localhost`: cookies know no ports, and both providers have their own. */
  origin: string;
  port: number;
  databaseUrl: string;
  /** Where the single entry is, its one relying party. */
  singleEntry: string;
  dataDir: string;
  /** The folder of the embedded database it has; undefined for a server of one's own. */
  keptIn: string | undefined;
}

/**
 * The identity provider a second time, as that of a hospital group, with the same made-up people: how it is prepared
 * and started, and how the single entry is told of it.
 * @param shared what programs of the demo have in common
 * @param masterKeys the single entry's; its own are derived, because older demo folders hold no others
 */
export function planHospitalGroup(place: Place, shared: NodeJS.ProcessEnv, masterKeys: string) {
  const env = {
    ...shared,
    IDP_DEMO: '1',
    IDP_DATABASE_URL: place.databaseUrl,
    IDP_PORT: String(place.port),
    IDP_DRAIN_SECONDS: '0',
    IDP_ISSUER: place.origin,
    IDP_MASTER_KEYS: createHash('sha256').update(`hospital group ${masterKeys}`).digest('base64'),
    SINGLE_ENTRY_ORIGIN: place.singleEntry,
  };
  const command = (name: string, ...args: string[]): Program => ({
    name,
    args: ['idp/cli.ts', ...args],
    env,
  });
  const manifest = path.join(place.dataDir, 'hospital-group.json');
  const prepared = preparedBefore(
    path.join(place.dataDir, 'hospital-group.prepared'),
    [place.origin, place.singleEntry, ...FILES.map(readText)],
    place.keptIn,
  );
  const migrate = command('group-migrate', 'migrate');
  return {
    /** Later starts only bring the tables up to date. */
    preparations: prepared.isDone
      ? [migrate]
      : [
          migrate,
          command('group-seed', 'seed-demo', at('manifests/client.json')),
          command('group-accounts', 'seed-trial', 'single-entry'),
          command('group-content', 'content', 'import', at('texts.json')),
        ],
    provider: { name: 'hospital-group', args: ['idp/main.ts'], env: { ...env, NODE_OPTIONS: SMALL } },
    /** Once both are prepared, the single entry is told of it by an operator's command. */
    async declare(apply: (file: string) => Promise<void>): Promise<void> {
      if (prepared.isDone) return;
      writeFileSync(manifest, groupManifest(place.origin));
      await apply(manifest);
      prepared.keep();
    },
  };
}
