import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls, { type SecureVersion } from 'node:tls';
import type { Balancer } from '../support/balancer.ts';
import { freePort } from '../support/replica.ts';
import { startHaproxy } from './haproxy.ts';

const KEYS = {
  ECDSA: ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  RSA: ['rsa:2048'],
};
/** Everything a caller may offer, however old. */
const ALL = 'ALL:COMPLEMENTOFALL@SECLEVEL=0';

/* The delivered balancer, by whatever a caller offers: H9, FAPI 2.0 Security Profile §5.2, BCP 195. */
describe.each(['ECDSA', 'RSA'] as const)(
  'H9: TLS of the delivered balancer, with an %s certificate',
  (kind) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tls-'));
    let balancer: Balancer;
    let port: number;

    beforeAll(async () => {
      const at = (name: string): string => path.join(folder, name);
      const made = [
        '-keyout',
        at('key'),
        '-out',
        at('crt'),
        '-subj',
        '/CN=localhost',
        '-x509',
        '-days',
        '2',
        '-nodes',
      ];
      execFileSync('openssl', ['req', '-newkey', ...KEYS[kind], ...made], { stdio: 'ignore' });
      writeFileSync(at('pem'), readFileSync(at('crt'), 'utf8') + readFileSync(at('key'), 'utf8'));
      port = await freePort();
      const servers = ['http://127.0.0.1:9', 'http://127.0.0.1:9'];
      balancer = await startHaproxy(servers, port, ` ssl crt ${at('pem')} alpn h2,http/1.1`);
    });
    afterAll(async () => {
      await balancer.stop();
      rmSync(folder, { recursive: true });
    });

    /** @returns what was agreed on, or that nothing was */
    const offer = (version: SecureVersion, ciphers: string): Promise<string> =>
      new Promise((resolve) => {
        const range = { minVersion: version, maxVersion: version, ciphers };
        const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...range }, () => {
          resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
          socket.destroy();
        });
        socket.on('error', () => resolve('nothing'));
      });

    it('nothing before TLS 1.2, and of 1.2 only forward secrecy with authenticated encryption', async () => {
      for (const version of ['TLSv1', 'TLSv1.1'] as const) expect(await offer(version, ALL)).toBe('nothing');
      const agreed: string[] = [];
      for (const cipher of tls.getCiphers().filter((name) => !name.startsWith('tls_'))) {
        const answer = await offer('TLSv1.2', `${cipher.toUpperCase()}@SECLEVEL=0`).catch(() => 'nothing');
        if (answer !== 'nothing') agreed.push(answer);
      }
      expect(agreed.sort((a, b) => a.localeCompare(b))).toEqual([
        `TLSv1.2 ECDHE-${kind}-AES128-GCM-SHA256`,
        `TLSv1.2 ECDHE-${kind}-AES256-GCM-SHA384`,
      ]);
      expect(await offer('TLSv1.3', 'TLS_AES_128_GCM_SHA256')).toBe('TLSv1.3 TLS_AES_128_GCM_SHA256');
    });
  },
);
