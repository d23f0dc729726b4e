import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer, Behind } from '../support/balancer.ts';
import { needPackages } from './debian.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/haproxy/haproxy.cfg');

/**
 * HAProxy with the operators' own file, in front of these servers; further ones than two get lines of their own.
 * @param how what else its `bind` says
 */
export async function startHaproxy(servers: string[], port: number, how = ''): Promise<Balancer> {
  needPackages('haproxy');
  const dir = mkdtempSync(path.join(tmpdir(), 'haproxy-'));
  const stats = path.join(dir, 'stats');
  const file = path.join(dir, 'haproxy.cfg');
  const host = (url: string): string => new URL(url).host.replace('localhost', '127.0.0.1');
  const names = servers.map((_url, at) => `idp${at + 1}`);
  const own = names.map((name, at) => `    server ${name} "\${IDP_${at + 1}}"\n`).join('');
  const example = readFileSync(EXAMPLE, 'utf8');
  writeFileSync(
    file,
    example.replaceAll(/(?: {4}server .*\n)+/g, () => own),
  );
  const env = {
    IDP_BIND: `127.0.0.1:${port}${how}`,
    HAPROXY_STATS: stats,
    ...Object.fromEntries(servers.map((url, at) => [`IDP_${at + 1}`, host(url)])),
  };
  const child = spawn('/usr/sbin/haproxy', ['-db', '-f', file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const behind: Behind[] = servers.map((url) => ({ url, isUp: false, requests: 0 }));
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      readStats(await ask(stats, 'show stat\n'), names, behind);
      await sleep(50, undefined, { ref: false });
    }
  };
  const until = performance.now() + 10_000;
  while ((await ask(stats, 'show stat\n')) === '') {
    if (child.exitCode !== null || performance.now() > until)
      throw new Error(`haproxy did not start:\n${output}`);
    await sleep(20);
  }
  void watch();
  return {
    url: `http://localhost:${port}`,
    behind,
    async waitFor(index, isUp, deadlineMs = 30_000) {
      const deadline = performance.now() + deadlineMs;
      while (behind[index]?.isUp !== isUp) {
        if (performance.now() > deadline)
          throw new Error(`server ${index} is not ${isUp ? 'up' : 'down'} in time`);
        await sleep(10);
      }
    },
    async stop() {
      stopping.abort();
      await end(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The statistics are CSV; the last line of a server's is its present state. */
function readStats(text: string, names: string[], behind: Behind[]): void {
  const [head = '', ...rows] = text.trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  for (const row of rows) {
    const cells = row.split(',');
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const server = behind[names.indexOf(cell('svname'))];
    if (!server || cell('pxname') !== 'replicas') continue;
    server.isUp = cell('status').startsWith('UP');
    server.requests = Number(cell('stot'));
  }
}

function ask(socket: string, command: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const connection = net.connect(socket, () => connection.end(command));
    connection.on('data', (chunk: Buffer) => (text += chunk.toString()));
    connection.on('error', () => resolve(''));
    connection.on('close', () => resolve(text));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
