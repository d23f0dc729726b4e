import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/replica.ts';
import { needPackages } from './debian.ts';

const GUIDE = path.resolve(import.meta.dirname, '../../docs/operating/client-certificates.md');
const GRACE_MS = 10_000;

/** Certificates by openssl: an authority's clients, one that is registered itself, and the servers'. */
export interface Certificates {
  folder: string;
  pem(name: string): { cert: Buffer; key: Buffer };
  remove(): void;
}

/** @param issued names of certificates that the authority issues; @param own those that vouch for themselves */
export function makeCertificates(issued: Record<string, string>, own: Record<string, string>): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificates-'));
  const at = (file: string): string => path.join(folder, file);
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const request = (name: string, subject: string, ...more: string[]): void => {
    openssl(
      'req',
      ...key,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.crt`),
      '-subj',
      subject,
      ...more,
    );
    writeFileSync(
      at(`${name}.pem`),
      [readFileSync(at(`${name}.crt`)), readFileSync(at(`${name}.key`))].join(''),
    );
  };
  request('clients-ca', '/CN=clients', '-x509', '-days', '2');
  request('tls', '/CN=localhost', '-x509', '-days', '2', '-addext', 'subjectAltName=DNS:localhost');
  for (const [name, subject] of Object.entries(own)) request(name, subject, '-x509', '-days', '2');
  const ca = ['-CA', at('clients-ca.crt'), '-CAkey', at('clients-ca.key')];
  for (const [name, subject] of Object.entries(issued)) request(name, subject, '-x509', '-days', '2', ...ca);
  return {
    folder,
    pem: (name) => ({ cert: readFileSync(at(`${name}.crt`)), key: readFileSync(at(`${name}.key`)) }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Proxy {
  /** Where clients with certificates connect, and where people do. */
  mtls: string;
  people: string;
  stop(): Promise<void>;
}

/** The guide's own lines for this proxy, with files and ports of this machine in them. */
function guided(name: 'HAProxy' | 'nginx', folder: string, ports: number[]): string {
  const [, after = ''] = readFileSync(GUIDE, 'utf8').split(new RegExp(`\\n${name}[^\\n]*:\\n\\n\`\`\`\\n`));
  let next = 0;
  const [snippet = ''] = after.split('\n```');
  return snippet
    .replaceAll('/run/secrets/mtls.pem', path.join(folder, 'tls.pem'))
    .replaceAll('/run/secrets/tls.pem', path.join(folder, 'tls.pem'))
    .replaceAll('/run/secrets/tls.crt', path.join(folder, 'tls.crt'))
    .replaceAll('/run/secrets/tls.key', path.join(folder, 'tls.key'))
    .replaceAll('/run/secrets/clients-ca.pem', path.join(folder, 'clients-ca.crt'))
    .replaceAll('mtls.entry.example', 'localhost')
    .replaceAll(
      /(\*:|listen )443/g,
      (_all, before: string) => `${before === '*:' ? '127.0.0.1:' : 'listen 127.0.0.1:'}${ports[next++]}`,
    );
}

/** HAProxy as the guide has it. */
export async function startHaproxyWithCertificates(folder: string, target: string): Promise<Proxy> {
  needPackages('haproxy');
  const ports = [await freePort(), await freePort()];
  const file = path.join(folder, 'haproxy.cfg');
  const host = new URL(target).host.replace('localhost', '127.0.0.1');
  const limits =
    'defaults\n    mode http\n    timeout connect 1s\n    timeout client 10s\n    timeout server 10s\n';
  writeFileSync(
    file,
    `${limits}\n${guided('HAProxy', folder, ports)}\n\nbackend idp\n    server idp1 ${host}\n`,
  );
  return started(
    spawn('/usr/sbin/haproxy', ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] }),
    ports,
  );
}

/** nginx as the guide has it. */
export async function startNginxWithCertificates(folder: string, target: string): Promise<Proxy> {
  needPackages('nginx-light');
  const ports = [await freePort(), await freePort()];
  const run = path.join(folder, 'nginx');
  mkdirSync(run);
  const file = path.join(run, 'nginx.conf');
  const host = new URL(target).host.replace('localhost', '127.0.0.1');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${run};`,
  );
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${run}/pid; error_log stderr;\nevents {}\nhttp { access_log off; ${temporary.join(' ')}
upstream idp { server ${host}; }\n${guided('nginx', folder, ports)}\n}\n`,
  );
  return started(
    spawn('/usr/sbin/nginx', ['-p', run, '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] }),
    ports,
  );
}

async function started(child: ChildProcess, [mtls, people]: number[]): Promise<Proxy> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const until = performance.now() + GRACE_MS;
  const listens = (port: number | undefined) =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      (error: Error) => (error.cause as { code?: string }).code !== 'ECONNREFUSED',
    );
  while (!((await listens(mtls)) && (await listens(people)))) {
    if (child.exitCode !== null || performance.now() > until) throw new Error(`it did not start:\n${said}`);
    await sleep(50);
  }
  return {
    mtls: `https://localhost:${mtls}`,
    people: `https://localhost:${people}`,
    stop() {
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      child.kill('SIGTERM');
      return ended;
    },
  };
}
