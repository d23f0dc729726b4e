import { randomBytes } from 'node:crypto';
import { cloneDatabase } from './databases.ts';
import { FIXED_CAPTCHA } from './journey.ts';
import { type Replica, freePort, runProgram, startReplica } from './replica.ts';

/** A server of the world and the address it answers at. */
export interface Served extends Replica {
  origin: string;
}

export interface WorldOptions {
  /** Identity provider replicas over one database; the first answers at the issuer's own address. */
  replicas?: number;
  /** Which relying parties run; all are registered. */
  mch?: boolean;
  examples?: boolean;
  /** Further settings of every process. */
  env?: NodeJS.ProcessEnv;
}

export interface World {
  issuer: string;
  /** Where each relying party is, or would be, reached. */
  origins: { mch: string; cancer: string; smoking: string };
  databaseUrls: { idp: string; mch: string };
  /** Secrets by client id. */
  clientSecrets: Record<'mch-app' | 'cancer-screening' | 'smoking-cessation', string>;
  idp: Served[];
  mch: Served | undefined;
  cancer: Served | undefined;
  smoking: Served | undefined;
  /** Starts one more identity provider process; at the issuer's own port when the first was killed. */
  startIdp(port?: number): Promise<Served>;
  /** Runs an operator's command, such as `subsystems apply`. */
  idpCommand(...args: string[]): Promise<{ code: number | null; output: string }>;
  stop(): Promise<void>;
}

/**
 * The demo world on free ports, every server a process of its own over databases of its own, with cheap
 * password hashing and the captcha fixed.
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const [idpDb, mchDb] = await Promise.all([cloneDatabase('idp'), cloneDatabase('mch')]);
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [idpPort, mchPort, cancerPort, smokingPort] = ports;
  const at = (port: number): string => `http://localhost:${port}`;
  const issuer = at(idpPort);
  const origins = { mch: at(mchPort), cancer: at(cancerPort), smoking: at(smokingPort) };
  const secret = (): string => randomBytes(32).toString('base64url');
  const clientSecrets = { 'mch-app': secret(), 'cancer-screening': secret(), 'smoking-cessation': secret() };

  const idpEnv = {
    NODE_ENV: 'test',
    IDP_DATABASE_URL: idpDb.url,
    IDP_ISSUER: issuer,
    IDP_MASTER_KEYS: randomBytes(32).toString('base64'),
    IDP_DEMO: '1',
    IDP_DRAIN_SECONDS: '0',
    CAPTCHA_FIXED: FIXED_CAPTCHA,
    ARGON2_MEMORY_KIB: '1024',
    ARGON2_TIME: '1',
    MCH_ORIGIN: origins.mch,
    CANCER_ORIGIN: origins.cancer,
    SMOKING_ORIGIN: origins.smoking,
    CLIENT_SECRET_MCH_APP: clientSecrets['mch-app'],
    CLIENT_SECRET_CANCER_SCREENING: clientSecrets['cancer-screening'],
    CLIENT_SECRET_SMOKING_CESSATION: clientSecrets['smoking-cessation'],
    ...options.env,
  };
  const mchEnv = {
    NODE_ENV: 'test',
    MCH_DATABASE_URL: mchDb.url,
    MCH_PORT: String(mchPort),
    MCH_DRAIN_SECONDS: '0',
    MCH_ORIGIN: origins.mch,
    MCH_ISSUER: issuer,
    MCH_CLIENT_SECRET: clientSecrets['mch-app'],
    MCH_MASTER_KEYS: randomBytes(32).toString('base64'),
    ...options.env,
  };

  const running: Replica[] = [];
  const serve = async (origin: string, args: string[], env: NodeJS.ProcessEnv): Promise<Served> => {
    const replica = await startReplica(args, env);
    running.push(replica);
    return Object.assign(replica, { origin });
  };
  const startIdp = async (port?: number): Promise<Served> => {
    const own = port ?? (await freePort());
    return serve(at(own), ['idp/main.ts'], { ...idpEnv, IDP_PORT: String(own) });
  };
  const idpCommand: World['idpCommand'] = (...args) => runProgram(['idp/cli.ts', ...args], idpEnv);
  const example = (name: 'cancer' | 'smoking', clientSecret: string): Promise<Served> =>
    serve(origins[name], ['examples/subsystem/main.ts', `examples/subsystem/manifests/${name}.json`], {
      ISSUER: issuer,
      ORIGIN: origins[name],
      PORT: new URL(origins[name]).port,
      CLIENT_SECRET: clientSecret,
      ...options.env,
    });
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((replica) => replica.stop()));
    await Promise.all([idpDb.drop(), mchDb.drop()]);
  };

  try {
    const manifests = ['cancer', 'smoking'].map((name) => `examples/subsystem/manifests/${name}.json`);
    const { code, output } = await idpCommand('seed-demo', 'mch-app/manifest.json', ...manifests);
    if (code !== 0) throw new Error(output);
    const idp = [await startIdp(idpPort)];
    while (idp.length < (options.replicas ?? 1)) idp.push(await startIdp());
    const [mch, cancer, smoking] = await Promise.all([
      options.mch ? serve(origins.mch, ['mch-app/main.ts'], mchEnv) : undefined,
      options.examples ? example('cancer', clientSecrets['cancer-screening']) : undefined,
      options.examples ? example('smoking', clientSecrets['smoking-cessation']) : undefined,
    ]);
    const databaseUrls = { idp: idpDb.url, mch: mchDb.url };
    return {
      ...{ issuer, origins, databaseUrls, clientSecrets, idp, mch, cancer, smoking },
      ...{ startIdp, idpCommand, stop },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
