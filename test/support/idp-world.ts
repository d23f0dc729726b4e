import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { cloneDatabase } from './databases.ts';
import { forgetUsedCodesBy } from './journey.ts';
import { type Launch, type Replica, freePort, runProgram, startReplica } from './replica.ts';

export const CLIENT_SECRET = 'a-synthetic-client-secret-for-tests';
const MANIFESTS = [
  'mch-app/manifest.json',
  'examples/subsystem/manifests/cancer.json',
  'examples/subsystem/manifests/smoking.json',
  ...['lab', 'spa', 'bound', 'third', 'service'].map((name) =>
    path.join('test/protocol/manifests', `${name}.json`),
  ),
];

const SECRET_CLIENTS = [
  'LAB_APP',
  'SERVICE_APP',
  'THIRD_APP',
  'MCH_APP',
  'CANCER_SCREENING',
  'SMOKING_CESSATION',
  'BENCH',
];

/** A logout token as the relying parties of this world received it. */
export interface ReceivedLogout {
  client: string;
  token: string;
  claims: Record<string, unknown>;
}

export interface IdpWorld {
  issuer: string;
  /** The base URL of each replica; the first one's is the issuer. */
  replicaUrls: string[];
  replicas: Replica[];
  /** Origin of the relying parties, which only receive logouts. */
  rpOrigin: string;
  logouts: ReceivedLogout[];
  /** Told of each logout before it is answered; what it waits for, the answer waits for. */
  onLogout: ((logout: ReceivedLogout) => void | Promise<void>) | undefined;
  database: Database<IdpTables>;
  env: NodeJS.ProcessEnv;
  command(...args: string[]): Promise<{ code: number | null; output: string }>;
  /** Starts the replica at `index` anew on its own port. */
  restart(index: number, launch?: Launch): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  replicas?: number;
  env?: NodeJS.ProcessEnv;
  /** Where browsers reach it, when that is not the first replica itself. */
  issuer?: string;
  /** A database to use, brought up to date and left there in the end. */
  databaseUrl?: string;
  /** It holds this world already. */
  seeded?: boolean;
  /** Further subsystems. */
  manifests?: string[];
  /** Instead of `idp/main.ts`. */
  program?: string;
  /** How a replica is started, by its index. */
  launch?: (index: number) => Launch;
}

/** The identity provider as replicas of its own on a fresh database, with the demo world and test subsystems. */
export async function startIdpWorld(options: WorldOptions = {}): Promise<IdpWorld> {
  const given = options.databaseUrl;
  const clone = given === undefined ? await cloneDatabase('idp') : { url: given, drop: async () => {} };
  const ports = await freePorts(options.replicas ?? 1);
  const issuer = options.issuer ?? `http://localhost:${ports[0]}`;
  const logouts: ReceivedLogout[] = [];
  const relyingParties = await receiveLogouts(async (logout) => {
    logouts.push(logout);
    await world.onLogout?.(logout);
  });
  const rpOrigin = `http://localhost:${(relyingParties.address() as { port: number }).port}`;
  const secrets = SECRET_CLIENTS.map((name) => [`CLIENT_SECRET_${name}`, CLIENT_SECRET]);
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'test',
    IDP_DEMO: '1',
    IDP_DRAIN_SECONDS: '0',
    IDP_DATABASE_URL: clone.url,
    IDP_ISSUER: issuer,
    IDP_MASTER_KEYS: Buffer.alloc(32, 7).toString('base64'),
    CAPTCHA_FIXED: '24680',
    ARGON2_MEMORY_KIB: '64',
    ARGON2_TIME: '1',
    RP_ORIGIN: rpOrigin,
    MCH_ORIGIN: rpOrigin,
    CANCER_ORIGIN: rpOrigin,
    SMOKING_ORIGIN: rpOrigin,
    ...(Object.fromEntries(secrets) as Record<string, string>),
    ...options.env,
  };
  const command = (...args: string[]) => runProgram(['idp/cli.ts', ...args], env);
  if (given !== undefined) await succeed(command('migrate'));
  const declare = options.seeded ? ['subsystems', 'apply'] : ['seed-demo'];
  await succeed(command(...declare, ...MANIFESTS, ...(options.manifests ?? [])));
  const database = openDatabase<IdpTables>({
    url: clone.url,
    connections: 4,
    applicationName: 'test',
    onConnectionLost: () => {},
  });
  if (!options.seeded) await addTestAccounts(database);
  forgetUsedCodesBy(async (loginName) => {
    await database.db
      .updateTable('totp_credential')
      .set({ last_used_step: 0 })
      .where('account_id', 'in', (one) =>
        one.selectFrom('account').select('id').where('login_name', '=', loginName),
      )
      .execute();
  });
  const start = (index: number, launch = options.launch?.(index)) =>
    startReplica([options.program ?? 'idp/main.ts'], { ...env, IDP_PORT: String(ports[index]) }, launch);
  const replicas = await Promise.all(ports.map((_port, index) => start(index)));

  const world: IdpWorld = {
    issuer,
    onLogout: undefined,
    replicaUrls: ports.map((port) => `http://localhost:${port}`),
    replicas,
    rpOrigin,
    logouts,
    database,
    env,
    command,
    async restart(index, launch) {
      replicas[index] = await start(index, launch);
    },
    async stop() {
      forgetUsedCodesBy(undefined);
      for (const replica of replicas) replica.resume(); // one that stands still would not hear the signal
      await Promise.all(replicas.map((replica) => replica.stop()));
      await database.close();
      relyingParties.closeAllConnections();
      await new Promise((resolve) => relyingParties.close(resolve));
      await clone.drop();
    },
  };
  return world;
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

async function succeed(run: Promise<{ code: number | null; output: string }>): Promise<void> {
  const { code, output } = await run;
  if (code !== 0) throw new Error(output);
}

function receiveLogouts(take: (logout: ReceivedLogout) => Promise<void>): Promise<Server> {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      const url = new URL(req.url ?? '/', 'http://localhost');
      const token = new URLSearchParams(body).get('logout_token');
      if (url.pathname === '/backchannel-logout' && token) {
        const claims = JSON.parse(
          Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
        ) as ReceivedLogout['claims'];
        void take({ client: url.searchParams.get('client') ?? '', token, claims }).then(() => res.end());
      } else res.end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** demo.nurse holds accounts at the test subsystems too; one role there asks for a second factor. */
async function addTestAccounts({ db }: Database<IdpTables>): Promise<void> {
  const nurse = await db
    .selectFrom('account')
    .select(['id', 'national_id_index'])
    .where('login_name', '=', 'demo.nurse')
    .executeTakeFirstOrThrow();
  const accounts = [
    ['lab', 'lab_01', 'member', '實驗一'],
    ['lab', 'lab_02', 'member', '實驗二'],
    ['lab', 'lab_03', 'lead', '實驗三'],
    ['spa', 'spa_01', 'member', '單頁'],
    ['bound', 'bnd_01', 'member', '綁定'],
    ['bound', 'bnd_02', 'member', '綁定二'],
    ['third', 'thr_01', 'member', '第三方'],
  ] as const;
  for (const [subsystem, suffix, role, binding] of accounts) {
    const id = `P@00000001P@${suffix}`;
    await db
      .insertInto('subsystem_account')
      .values({
        id,
        subsystem_code: subsystem,
        account_id: nurse.id,
        national_id_index: nurse.national_id_index,
        holder_name: '王示範',
        unit_code: '9876543210',
        role,
        duty: 'medical',
        menu_roles: ['reader'],
        status: 'active',
      })
      .execute();
    await db
      .insertInto('binding')
      .values({ subsystem_account_id: id, account_id: nurse.id, name: binding })
      .execute();
  }
}
