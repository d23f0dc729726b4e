import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Databases } from './database.ts';
import type { Federation } from './federation.ts';
import { planHospitalGroup } from './hospital-group.ts';
import { preparedBefore } from './prepared.ts';
import type { Program } from './process.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

const MANIFESTS = ['examples/subsystem/manifests/cancer.json', 'examples/subsystem/manifests/smoking.json'];

/** Where people go. */
export function placesOf({ ports }: Settings) {
  const at = (port: number): string => `http://localhost:${port}`;
  const group = `http://127.0.0.1:${ports.group}`;
  return {
    idp: at(ports.idp),
    mch: at(ports.mch),
    cancer: at(ports.cancer),
    smoking: at(ports.smoking),
    group,
  };
}

/**
 * The programs of the demo, in the order they run: preparations, one after the other of each database; the identity
 * provider; its relying parties, and the provider of a hospital group where there is a database for it.
 */
export function planPrograms(
  settings: Settings,
  secrets: Secrets,
  databases: Databases,
  federation: Federation,
) {
  const { ports } = settings;
  const places = placesOf(settings);
  const shared = { NODE_COMPILE_CACHE: path.join(settings.dataDir, 'compile-cache'), ...process.env };
  const idp = {
    ...shared,
    IDP_DEMO: '1',
    IDP_DATABASE_URL: databases.idp,
    IDP_PORT: String(ports.idp),
    IDP_DRAIN_SECONDS: '0', // no balancer looks
    IDP_ISSUER: places.idp,
    IDP_MASTER_KEYS: secrets.IDP_MASTER_KEYS,
    IDP_HCA_VIRTUAL_CARDS: path.join(settings.dataDir, 'hca'),
    MCH_ORIGIN: places.mch,
    CANCER_ORIGIN: places.cancer,
    SMOKING_ORIGIN: places.smoking,
    CLIENT_SECRET_CANCER_SCREENING: secrets.CANCER_CLIENT_SECRET,
    CLIENT_SECRET_SMOKING_CESSATION: secrets.SMOKING_CLIENT_SECRET,
  };
  const mch = {
    ...shared,
    MCH_DEMO: '1',
    MCH_DATABASE_URL: databases.mch,
    MCH_PORT: String(ports.mch),
    MCH_DRAIN_SECONDS: '0',
    MCH_ORIGIN: places.mch,
    MCH_ISSUER: places.idp,
    MCH_MASTER_KEYS: secrets.MCH_MASTER_KEYS,
    ...federation.mch,
  };
  const example = (name: 'cancer' | 'smoking', secret: string): Program => ({
    name,
    args: ['examples/subsystem/main.ts', `examples/subsystem/manifests/${name}.json`],
    env: {
      ...shared,
      ISSUER: places.idp,
      ORIGIN: places[name],
      PORT: String(ports[name]),
      CLIENT_SECRET: secret,
    },
  });
  const idpCommand = (name: string, ...args: string[]): Program => ({
    name,
    args: ['idp/cli.ts', ...args],
    env: idp,
  });
  const mchCommand = (name: string, ...args: string[]): Program => ({
    name,
    args: ['mch-app/cli.ts', ...args],
    env: mch,
  });

  const group =
    databases.group === undefined
      ? undefined
      : planHospitalGroup(
          {
            ...{ origin: places.group, port: ports.group, singleEntry: places.idp },
            ...{ databaseUrl: databases.group, dataDir: settings.dataDir },
            keptIn: settings.databaseUrls.group === undefined ? databases.folder : undefined,
          },
          shared,
          secrets.IDP_MASTER_KEYS,
        );

  return {
    preparations: [
      [idpCommand('migrate', 'migrate'), idpCommand('seed', 'seed-demo', federation.manifest, ...MANIFESTS)],
      [mchCommand('mch-migrate', 'migrate'), mchCommand('mch-seed', 'seed-demo')],
      group?.preparations ?? [],
    ],
    provider: { name: 'idp', args: ['idp/main.ts'], env: idp },
    relyingParties: [
      federation.authorities,
      { name: 'mch-app', args: ['mch-app/main.ts'], env: mch },
      example('cancer', secrets.CANCER_CLIENT_SECRET),
      example('smoking', secrets.SMOKING_CLIENT_SECRET),
    ],
    others: group ? [group.provider] : [],
    declareOthers: async (run: (program: Program) => Promise<void>): Promise<void> => {
      const joined = preparedBefore(
        path.join(settings.dataDir, 'federation.prepared'),
        [federation.settings, readFileSync(federation.settings, 'utf8')],
        databases.folder,
      );
      const join = async (): Promise<void> => {
        await run(idpCommand('join-federation', 'federation', 'apply', federation.settings));
        joined.keep();
      };
      await Promise.all([
        group?.declare((file) => run(idpCommand('declare-group', 'providers', 'apply', file))),
        joined.isDone ? undefined : join(),
      ]);
    },
  };
}
