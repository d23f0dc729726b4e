import { randomBytes } from 'node:crypto';
import type Router from '@koa/router';
import pino from 'pino';
import { type Database, openDatabase } from '#db/handle.ts';
import { migrate } from '#db/migrate.ts';
import { mchMigrations } from '#db/mch/migrations.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { serve } from '#kit/http/serve.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createApp } from '#mch/app.ts';
import { AREAS } from '#mch/areas/index.ts';
import { readConfig } from '#mch/config.ts';
import { type Area, schemaOf } from '#mch/records/index.ts';
import { findIdentityProvider } from '#mch/relying-party/index.ts';
import { keepUnit } from '#mch/units/index.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { cloneDatabase } from '../../support/databases.ts';
import { CLIENT, FakeOp, type OpAccount } from './fake-op.ts';
import { Visitor } from './visitor.ts';

const unit = (code: string, name: string, kind: string) => ({
  code,
  name,
  kind,
  county: '10017',
  town: '10017020',
});

/** Units that records lead to, known from the register like those of the accounts. */
export const LAB_UNIT = unit('1132010024', '示範檢驗所', 'laboratory');
const OTHERS = [
  unit('0401180014', '聯評中心', 'hospital'),
  unit('1101010012', '示範產科醫院', 'hospital'),
  unit('1234567890', '轉入示範醫院', 'hospital'),
];

/** Two accounts of one nurse, and a manager's: those of the demo world. */
export const HOSPITAL: OpAccount = {
  id: 'P@00000001P@mbh_01',
  binding: '示範醫院',
  unit: unit('9876543210', '示範醫院', 'hospital'),
  role: 'mch_user',
  duty: 'medical',
  menu_roles: ['mi_antenatal', 'mi_hearing_screen', 'mi_nbs_collect'],
};
export const STATION: OpAccount = {
  id: 'P@00000001P@mbh_02',
  binding: '衛生所',
  unit: unit('2311170010', '示範衛生所', 'health_station'),
  role: 'mch_user',
  duty: 'health_station',
  menu_roles: ['hs_high_risk', 'hs_card', 'hs_child'],
};

export const MASTER_KEY = randomBytes(32).toString('base64');

export interface Mch {
  op: FakeOp;
  origin: string;
  database: Database<MchTables>;
  databaseUrl: string;
  /** Moves the application's clock. */
  clock: { now: () => Date; advance: (seconds: number) => void };
  environment: Record<string, string>;
  /** The address of every form, as the router has it. */
  posts: readonly string[];
  /** The address of everything that is shown or handed out. */
  pages: readonly string[];
  visitor(): Visitor;
  /** Somebody who has signed in, at home. */
  nurse(): Promise<Visitor>;
  auditTypes(): Promise<string[]>;
  /** Every line of the log, from `debug` on. */
  logged: readonly string[];
  stop(): Promise<void>;
}

/** The MCH system on a database of its own, beside a fake single entry; with other areas where they are given. */
export async function startMch(
  settings: Record<string, string> = {},
  areas: readonly Area[] = AREAS,
): Promise<Mch> {
  const op = await new FakeOp().start();
  op.accounts = [HOSPITAL, STATION];
  op.acting = HOSPITAL.id;
  const clone = await cloneDatabase('mch');

  let answer: ReturnType<ReturnType<typeof createApp>['callback']> | undefined;
  const serving = await serve((req, res) => void answer?.(req, res), 0);
  const origin = `http://127.0.0.1:${serving.port}`;
  const environment = {
    MCH_DATABASE_URL: clone.url,
    MCH_ORIGIN: origin,
    MCH_ISSUER: op.issuer,
    MCH_CLIENT_SECRET: CLIENT.secret,
    MCH_MASTER_KEYS: MASTER_KEY,
    MCH_DRAIN_SECONDS: '0',
    ...settings,
  };
  const config = readConfig(environment);
  if (areas !== AREAS) await migrate(config.database, { ...mchMigrations, ...schemaOf(areas) });
  const database = openDatabase<MchTables>({
    ...config.database,
    applicationName: 'test',
    onConnectionLost: () => {},
  });
  for (const known of [HOSPITAL.unit, STATION.unit, LAB_UNIT, ...OTHERS]) await keepUnit(database.db, known);
  let shift = 0;
  const now = () => new Date(Date.now() + shift);
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void logged.push(line) });
  const assets = loadAssets();
  const app = createApp({
    isReady: () => true,
    config,
    db: database.db,
    clock: now,
    keyring: createKeyring(config.masterKeys),
    log,
    assets,
    renderer: createRenderer({ assets }),
    provider: findIdentityProvider(config, now, log),
    areas,
  });
  answer = app.callback();

  return {
    op,
    origin,
    database,
    databaseUrl: clone.url,
    clock: { now, advance: (seconds) => void (shift += seconds * 1000) },
    environment,
    posts: addressesOf(app, 'POST'),
    pages: addressesOf(app, 'GET'),
    visitor: () => new Visitor(origin),
    async nurse() {
      const visitor = new Visitor(origin);
      const page = await visitor.go('/');
      if (page.status !== 200) throw new Error(`signing in ended with ${page.status} at ${page.url}`);
      return visitor;
    },
    logged,
    async auditTypes() {
      const rows = await database.db
        .selectFrom('audit_event')
        .select(['type', 'reason'])
        .orderBy('id')
        .execute();
      return rows.map(({ type, reason }) => (reason === null ? type : `${type}: ${reason}`));
    },
    async stop() {
      await serving.stop({ graceMs: 0 });
      op.stop();
      await database.close();
      await clone.drop();
      const telling = logged.filter((line) =>
        [op.name, CLIENT.secret, 'eyJ'].some((text) => line.includes(text)),
      );
      if (telling.length > 0) throw new Error(`a log line holds a secret or a person: ${telling[0]}`);
    },
  };
}

function addressesOf(app: ReturnType<typeof createApp>, method: string): string[] {
  const routers = app.middleware.flatMap((one) => ('router' in one ? [one.router as Router] : []));
  return routers
    .flatMap(({ stack }) => stack)
    .flatMap(({ methods, path }) => (methods.includes(method) ? [String(path)] : []));
}
