import { MENU_ROLE_GRANTS } from '#mch/access/grants.ts';
import { CLIENT, FakeOp } from '../test/mch-app/support/fake-op.ts';
import { Visitor } from '../test/mch-app/support/visitor.ts';
import { freePort, startReplica } from '../test/support/replica.ts';
import { Connection } from './connection.ts';
import type { Processes } from './measure.ts';
import { UNITS } from './mch/plan.ts';
import { openCounty } from './mch/world.ts';

export interface MchHome {
  processes: Processes;
  databaseUrl: string;
  /** The first page with what waits, as somebody of a hospital. */
  prepare(): { work: () => Promise<void>; close: () => void };
  stop(): Promise<void>;
}

/** The MCH system over a small county; `bench -- mch` measures all its pages over a large one. */
export async function startMchHome(births: number): Promise<MchHome> {
  const size = { mothers: births, births, years: 1, seed: 1 };
  const world = await openCounty(size, () => {});
  const op = await new FakeOp().start();
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const hospital = UNITS.hospital[0];
  if (!hospital) throw new Error('the county has no hospital');
  op.accounts = [
    {
      id: 'P@00090001P@mbh_01',
      binding: 'hospital',
      unit: hospital,
      role: 'mch_user',
      duty: 'medical',
      menu_roles: Object.keys(MENU_ROLE_GRANTS).filter((role) => role.startsWith('mi_')),
    },
  ];
  op.acting = 'P@00090001P@mbh_01';
  const replica = await startReplica(['mch-app/main.ts'], {
    ...world.env,
    MCH_PORT: String(port),
    MCH_ORIGIN: origin,
    MCH_ISSUER: op.issuer,
    MCH_CLIENT_ID: CLIENT.id,
    MCH_DRAIN_SECONDS: '0',
  });
  const visitor = new Visitor(origin);
  const first = await visitor.go('/');
  if (first.status !== 200) throw new Error(`nobody can sign in: ${first.status}`);
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    processes: {
      server: replica.pid,
      ...(world.server.pid !== undefined && { PostgreSQL: world.server.pid }),
    },
    databaseUrl: world.server.url('mch'),
    prepare() {
      const connection = new Connection(origin);
      const work = async (): Promise<void> => {
        const { status } = await connection.send('/', { cookie });
        if (status !== 200) throw new Error(`the first page answered ${status}`);
      };
      return { work, close: () => connection.close() };
    },
    async stop() {
      await replica.stop();
      op.stop();
      await world.server.stop();
    },
  };
}
