import { execFile } from 'node:child_process';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, type Socket, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { createBreaker } from '#kit/breaker.ts';
import { askAbroad } from '#kit/http/outbound.ts';
import { eventually } from './support/eventually.ts';

const run = promisify(execFile);
const QUESTION = { headers: {}, body: 'a=1', timeoutMs: 3000, privateNetworks: true };

describe('what is asked of servers elsewhere', () => {
  let server: Server;
  let origin: string;
  let asked = 0;
  beforeAll(async () => {
    server = createServer({ keepAliveTimeout: 50 }, (req, res) => {
      asked += 1;
      if (req.url === '/silent') return;
      if (req.url === '/elsewhere') res.writeHead(302, { location: '/' });
      res.end('x'.repeat(2000));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const ask = (path: string, more = {}) => askAbroad(new URL(path, origin), { ...QUESTION, ...more });

  it('R32: is answered in time or not at all, and follows nowhere', async () => {
    expect(await ask('/')).toMatchObject({ status: 200, body: '' });
    expect((await ask('/elsewhere')).status).toBe(302);
    const began = performance.now();
    await expect(ask('/silent', { timeoutMs: 400 })).rejects.toThrow('aborted');
    expect(performance.now() - began).toBeLessThan(2500);
    await expect(ask('/', { maxBytes: 100 })).rejects.toThrow('too long');
    expect((await ask('/', { maxBytes: 5000 })).body).toHaveLength(2000);
  });

  it('R32: does not reach into this machine or its network', async () => {
    const before = asked;
    for (const host of ['localhost', '127.0.0.1', '[::1]', '10.0.0.1', '169.254.169.254']) {
      const url = new URL(`http://${host}:${new URL(origin).port}/`);
      await expect(askAbroad(url, { ...QUESTION, privateNetworks: false })).rejects.toThrow('not public');
    }
    await expect(askAbroad(new URL('ftp://localhost/'), QUESTION)).rejects.toThrow('no web address');
    expect(asked).toBe(before);
  });

  it('lets one host be asked that the operator names, by that name alone', async () => {
    const named = { ...QUESTION, privateNetworks: 'localhost' };
    expect((await askAbroad(new URL('/', origin), named)).status).toBe(200);
    for (const host of ['127.0.0.1', '[::1]', '10.0.0.1']) {
      const url = new URL(`http://${host}:${new URL(origin).port}/`);
      await expect(askAbroad(url, named)).rejects.toThrow('not public');
    }
  });

  it.each([
    ...['0x7f.1', '0x7f000001', '2130706433', '0177.0.0.1', '127.1', '127.255.255.254', '0.0.0.0', '0'],
    ...['172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['[::]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[::127.0.0.1]', '[64:ff9b::7f00:1]'],
    ...[
      '[64:ff9b:1::7f00:1]',
      '[2002:7f00:1::]',
      '[2001:0:7f00:1::1]',
      '[fe80::1]',
      '[fd00::1]',
      '[fec0::1]',
      '[ff02::1]',
    ],
    ...['LOCALHOST', '１２７.0.0.1'],
  ])('I1: asks nothing at %s, however it is written', async (host) => {
    const before = asked;
    const url = new URL(`http://${host}:${new URL(origin).port}/`);
    await expect(askAbroad(url, { ...QUESTION, privateNetworks: false })).rejects.toThrow('not public');
    expect(asked).toBe(before);
  });

  it('I1: connects to what it looked at, though the name means something else a moment later', async () => {
    const script = `
      import dns from 'node:dns';
      import net from 'node:net';
      import { syncBuiltinESMExports } from 'node:module';
      const answers = ['93.184.215.14', '127.0.0.1'];
      const seen = { asked: 0, connected: [] };
      dns.lookup = (_name, _options, done) => {
        const address = answers[Math.min(seen.asked++, 1)];
        done(null, [{ address, family: 4 }]);
      };
      net.Socket.prototype.connect = function connect(args) {
        const { host, lookup } = args[0];
        lookup(host, { all: true }, (_error, found) => {
          seen.connected.push(...found.map(({ address }) => address));
          this.destroy(new Error('no further'));
        });
        return this;
      };
      syncBuiltinESMExports();
      const { askAbroad } = await import('#kit/http/outbound.ts');
      for (const path of ['/one', '/two']) {
        const url = new URL(path, 'http://rebinding.example.test/');
        await askAbroad(url, { headers: {}, timeoutMs: 2000, maxBytes: 100, privateNetworks: false }).catch(() => {});
      }
      console.log(JSON.stringify(seen));`;
    const cwd = path.resolve(import.meta.dirname, '..');
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd });
    expect(JSON.parse(stdout)).toEqual({ asked: 1, connected: ['93.184.215.14', '93.184.215.14'] });
  });

  it('R32: holds few connections to one that is silent, however many wait for it', async () => {
    const open = new Set<Socket>();
    let most = 0;
    const hole = createTcpServer((socket) => {
      open.add(socket);
      most = Math.max(most, open.size);
      socket.resume();
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    });
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(hole.address() as AddressInfo).port}/`);
    for (let round = 0; round < 2; round += 1) {
      const answers = await Promise.allSettled(
        Array.from({ length: 200 }, () => askAbroad(url, { ...QUESTION, timeoutMs: 400 })),
      );
      expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    }
    expect(most).toBeLessThanOrEqual(32);
    await eventually(() => expect(open.size).toBeLessThan(5));
    for (const socket of open) socket.destroy();
    hole.close();
  });

  it('R32: goes on when a kept connection was closed meanwhile', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await ask('/')).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 45 + turn * 3));
    }
  });
});

describe('one who does not answer', () => {
  it('R32: rests after three failures, then one may try', async () => {
    let now = 0;
    let tries = 0;
    const breaker = createBreaker(() => new Date(now));
    const fail = () =>
      breaker.through('rp', () => {
        tries += 1;
        return Promise.reject(new Error('silent'));
      });
    for (let turn = 0; turn < 3; turn += 1) await expect(fail()).rejects.toThrow('silent');
    await expect(fail()).rejects.toThrow('resting');
    expect(await breaker.through('other', () => Promise.resolve(1))).toBe(1);
    now += 30_000;
    const both = await Promise.allSettled([fail(), fail()]);
    expect(both.map((each) => each.status === 'rejected' && (each.reason as Error).message)).toEqual([
      'silent',
      'resting',
    ]);
    expect(tries).toBe(4);
    now += 30_000;
    expect(await breaker.through('rp', () => Promise.resolve(2))).toBe(2);
    await expect(fail()).rejects.toThrow('silent');
  });
});
