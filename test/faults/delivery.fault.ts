import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import {
  type Box,
  type Contained,
  NODE,
  type Network,
  openNetwork,
  runContained,
  startContained,
} from '../delivery/container.ts';
import { type Compose, DEPLOY, ROOT, type Service, readCompose, sh } from '../delivery/files.ts';
import { type Image, buildImage } from '../delivery/image.ts';
import { needPackages } from './debian.ts';

const HOSTS: Record<string, string> = {
  postgres: '127.0.1.1',
  'idp-1': '127.0.1.2',
  'idp-2': '127.0.1.3',
  'mch-app': '127.0.1.4',
  balancer: '127.0.1.5',
  'entry.localhost': '127.0.1.5',
  'mch.localhost': '127.0.1.5',
  mail: '127.0.1.6',
  prometheus: '127.0.1.7',
};
const ISSUER = 'https://entry.localhost:8443';
const MCH = 'https://mch.localhost:8443';
const LASTING = ['idp-1', 'idp-2', 'mch-app', 'balancer'];

const report = (measured: object): void =>
  void process.stdout.write(`delivery: ${JSON.stringify(measured)}\n`);

/** Every service in a box as docker-compose.yml tells it, but for PostgreSQL, which is the embedded one. */
describe('the delivery, without a container engine', () => {
  let folder: string;
  let image: Image;
  let network: Network;
  let compose: Compose;
  let postgres: ReturnType<typeof spawn>;
  const running = new Map<string, Contained>();

  beforeAll(async () => {
    needPackages('haproxy', 'docker-compose', 'postgresql-client-15', 'iproute2', 'prometheus');
    if (process.getuid?.() !== 0) throw new Error('Only root can make boxes: run this as root.');
    folder = mkdtempSync('/var/tmp/single-entry-delivery-');
    cpSync(path.join(DEPLOY, 'prepare.sh'), path.join(folder, 'examples/deploy/prepare.sh'));
    sh(['sh', path.join(folder, 'examples/deploy/prepare.sh'), ISSUER, MCH]);
    const lines = readFileSync(path.join(folder, '.env'), 'utf8').trim().split('\n');
    compose = readCompose(Object.fromEntries(lines.map((line) => line.split('=') as [string, string])));
    image = await buildImage();
    network = await openNetwork(HOSTS);
    const { command = [] } = service('postgres');
    const settings = command
      .filter((word) => word !== 'postgres' && word !== '-c')
      .map((word) => word.replaceAll('/backup', path.join(folder, '.backup/postgres')));
    postgres = spawn(
      'nsenter',
      [
        ...[`--net=/proc/${network.pid}/ns/net`, NODE, 'test/delivery/postgres.ts', path.join(folder, 'pg')],
        ...[HOSTS['postgres'] ?? '', '5432', secret('postgres_password'), ...settings],
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => postgres.stdout?.once('data', resolve));
  });

  afterAll(async () => {
    for (const contained of running.values()) contained.signal('SIGKILL');
    await Promise.all([...running.values()].map(({ ended }) => ended));
    if (postgres) {
      postgres.kill('SIGTERM');
      await new Promise((resolve) => postgres.once('exit', resolve));
    }
    network?.close();
    image?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const service = (name: string): Service => {
    const found = compose.services[name];
    if (!found) throw new Error(`no service ${name}`);
    return found;
  };
  const secret = (name: string): string => readFileSync(path.join(folder, '.secrets', name), 'utf8').trim();

  /** The box of a service. All share one loopback, so each listens on the address its name stands for. */
  function boxOf(name: string): Box {
    const {
      user = '',
      environment = {},
      secrets = [],
      volumes = [],
      tmpfs = [],
      ulimits,
      image: from,
    } = service(name);
    const ours = from.startsWith('single-entry');
    const given = path.join(folder, 'given', name);
    if (!existsSync(given)) {
      mkdirSync(given, { recursive: true });
      for (const one of secrets)
        cpSync(path.join(folder, compose.secrets[one]?.file ?? ''), path.join(given, one));
    }
    mkdirSync(path.join(folder, 'empty'), { recursive: true });
    const env = Object.entries({ ...(ours && image.env), ...environment })
      .filter((pair): pair is [string, string] => pair[1] !== null)
      .map(([key, value]) => [key, key.endsWith('_HOST') && value === '0.0.0.0' ? HOSTS[name] : here(value)]);
    return {
      user,
      app: ours ? image.app : path.join(folder, 'empty'),
      env: Object.fromEntries(env) as Record<string, string>,
      secrets: given,
      binds: volumes
        .filter((volume) => volume.startsWith('./'))
        .map((volume) => volume.split(':').slice(0, 2) as [string, string])
        .map(([source, target]) => [path.join(ROOT, source), target]),
      tmpfs,
      files: ulimits?.nofile,
      network,
    };
  }

  /** What HAProxy would ask a name server for. */
  const here = (text: string): string =>
    text.replace(/^(idp-1|idp-2|mch-app):/, (_all, host: string) => `${HOSTS[host]}:`);
  const commandOf = (name: string): string[] => {
    const { entrypoint = [], command, image: from } = service(name);
    const own = from.startsWith('single-entry') ? image.command : [];
    return [...entrypoint, ...(command ?? own)];
  };
  const oneShot = (name: string): Promise<string> => runContained(boxOf(name), commandOf(name));
  const isWell = async (name: string): Promise<boolean> => {
    const [, ...test] = service(name).healthcheck?.test ?? [];
    const probe = startContained(
      boxOf(name),
      test.map((word) => word.replace('127.0.0.1', HOSTS[name] ?? '')),
    );
    return (await probe.ended) === 0;
  };
  async function start(name: string): Promise<number> {
    const began = performance.now();
    const contained = startContained(boxOf(name), commandOf(name));
    running.set(name, contained);
    let ended: number | string | undefined;
    void contained.ended.then((code) => (ended = code));
    while (!(await isWell(name))) {
      if (ended !== undefined || performance.now() - began > 60_000) {
        throw new Error(`${name} does not get well (${ended}):\n${contained.output()}`);
      }
      await sleep(200);
    }
    return performance.now() - began;
  }

  it('is taken by docker-compose', () => {
    const out = sh(
      ['docker-compose', '--file', path.join(ROOT, 'docker-compose.yml'), '--env-file', '.env', 'config'],
      {
        cwd: folder,
      },
    );
    expect(out).toContain('service_completed_successfully');
  });

  it('builds an image whose programs are all there, within 150 MB beside Node', () => {
    const megabytes = Number(sh(['du', '-sm', image.app]).split('\t')[0]);
    report({ image: image.ran.map(({ line, ms }) => `${line}: ${Math.round(ms)} ms`), megabytes });
    expect(megabytes).toBeLessThan(150);
    expect(image.user).not.toMatch(/^0:/);
  });

  it('makes roles and databases, and again without harm', async () => {
    expect(await oneShot('databases')).toContain('the databases are there');
    expect(await oneShot('databases')).toContain('the databases are there');
  });

  it('migrates and declares the MCH system as a role that is no superuser', async () => {
    expect(await oneShot('migrate')).toContain('up to date');
    expect(await oneShot('subsystems')).toContain('applied 1');
  });

  it('keeps what PostgreSQL writes down, for a restore to any moment', async () => {
    const box = boxOf('databases');
    const query =
      'select pg_switch_wal(); select pg_sleep(2); select archived_count > 0, failed_count from pg_stat_archiver';
    const psql = `PGPASSWORD="$(cat "$PGPASSWORD_FILE")" psql --tuples-only --no-align --command "${query}"`;
    expect(await runContained(box, ['sh', '-c', psql])).toMatch(/^t\|0$/m);
    expect(readdirSync(path.join(folder, '.backup/postgres/wal')).length).toBeGreaterThan(0);
  });

  it('starts every lasting service as nobody in particular on a root it cannot write', async () => {
    const ms: Record<string, number> = {};
    for (const name of LASTING) ms[name] = Math.round(await start(name));
    report({ wellAfterMs: ms });
    const box = boxOf('idp-1');
    const touch = startContained(box, ['sh', '-c', 'touch /app/x /x /run/secrets/x; cat /etc/shadow; id -u']);
    expect(await touch.ended).toBe(0);
    expect(touch.output()).toMatch(/^1000$/m);
    expect(touch.output().match(/Read-only file system|Permission denied/g)).toHaveLength(4);
  });

  it('lets the first administrator in through TLS, with a second factor and a password of her own', async () => {
    const people = [
      {
        loginName: 'first.admin',
        name: '陳示範',
        email: 'first.admin@example.test',
        nationalId: syntheticNationalId('F', 2, 7),
        role: 'hpa_admin',
      },
    ];
    const unit = { code: 'A21040000I', name: '國民健康署', nameEn: 'HPA', county: '63000', town: '63000060' };
    const file = path.join(folder, 'founding.json');
    writeFileSync(file, JSON.stringify({ unit, people }));
    const box = boxOf('idp');
    const told = await runContained({ ...box, binds: [[file, '/founding.json']] }, [
      ...commandOf('idp'),
      ...['accounts', 'found', '/founding.json', '--reason', 'new installation'],
    ]);
    const password = /^first\.admin {2}(\S+)$/m.exec(told)?.[1] ?? '';
    const signIn = await runContained(
      {
        ...box,
        user: '1000:1000',
        app: ROOT,
        env: { NODE_EXTRA_CA_CERTS: '/run/secrets/ca', DATABASE_URL: secret('idp_database_url') },
      },
      ['node', 'test/delivery/first-sign-in.ts', ISSUER, 'first.admin', password, 'Quiet*River2026Boat', MCH],
    );
    const seen = JSON.parse(signIn.trim().split('\n').at(-1) ?? '{}') as Record<
      string,
      { status: number; url: string }
    >;
    expect(seen['portal']).toMatchObject({ status: 200, isAdministrator: true });
    expect(seen['console']).toMatchObject({ status: 200, url: `${ISSUER}/console` });
    expect(seen['secondSystem']?.url).toMatch(ISSUER); // sent there by the MCH system, past both balancers' names
  });

  it('hands its mails over encrypted, to a mail server whose certificate preparing made', async () => {
    const command = ['node', 'test/delivery/mail-catcher.ts', HOSTS['mail'] ?? ''];
    const catcher = startContained({ ...boxOf('mail'), app: ROOT }, command);
    running.set('mail', catcher);
    for (let tries = 0; tries < 120 && !catcher.output().includes('taken'); tries += 1) await sleep(500);
    expect(catcher.output()).toContain('taken, encrypted: true'); // that her password was changed
  });

  it('lets Prometheus read every program, and judges what it read', async () => {
    // Debian's, of an older series; its data goes where a volume would be
    const box = boxOf('prometheus');
    const contained = startContained({ ...box, tmpfs: ['/prometheus:mode=1777,size=64m'] }, [
      ...commandOf('prometheus'),
      `--web.listen-address=${HOSTS['prometheus']}:9090`,
    ]);
    running.set('prometheus', contained);
    const ask = (address: string) =>
      runContained({ ...box, app: ROOT, user: '1000:1000' }, [
        ...['node', '--eval'],
        `fetch('http://${HOSTS['prometheus']}:9090/api/v1/${address}').then(async (a) => console.log(await a.text()))`,
      ]).catch(() => '{}');
    let up: string[] = [];
    for (let tries = 0; tries < 60 && up.length < 3; tries += 1) {
      await sleep(1000);
      const { data } = JSON.parse(await ask('query?query=up%3D%3D1')) as {
        data?: { result: { metric: { instance: string } }[] };
      };
      up = data?.result.map(({ metric }) => metric.instance) ?? [];
    }
    expect(new Set(up)).toEqual(new Set(['idp-1:9464', 'idp-2:9464', 'mch-app:9464']));
    expect(await ask('rules')).toContain('NoReplicaReady');
    contained.signal('SIGTERM');
    expect(await contained.ended).toBe(0);
    running.delete('prometheus');
  });

  it('stops every service within its time, programs with exit code 0', async () => {
    const ms: Record<string, number> = {};
    for (const name of LASTING) {
      const began = performance.now();
      const contained = running.get(name);
      contained?.signal((service(name).stop_signal ?? 'SIGTERM') as NodeJS.Signals);
      expect([name, await contained?.ended]).toEqual([name, 0]);
      ms[name] = Math.round(performance.now() - began);
      expect(ms[name]).toBeLessThan(1000 * Number.parseInt(service(name).stop_grace_period ?? '', 10));
    }
    report({ stoppedAfterMs: ms });
  });
});
