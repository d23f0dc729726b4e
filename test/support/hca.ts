import { randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Extension, KeyUsageFlags } from '#kit/x509.ts';
import { Integer, ObjectIdentifier, Sequence } from 'asn1js';
import { Certificate, CertificateRevocationList, RevokedCertificate, Time } from 'pkijs';
import type { CardSettings } from '#idp/authenticators/hca-card/types.ts';
import {
  type Authority,
  type CardRequest,
  createAuthority,
  issueCard,
  newKeys,
  respond,
} from '#idp/virtual-cards/index.ts';
import { makeCms } from './cms.ts';

export const INSTITUTION = '2.16.886.1.100.3.2.21';
export const PERSON = '2.16.886.1.100.3.1.7';
export const SUBJECT_TYPE = '2.16.886.1.100.2.1';
export const NOW = new Date('2026-11-22T04:00:00Z');

const VALID = { notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01') };

/** A card in somebody's hand: it signs, and shows its certificate. */
export interface Card {
  certificate: Buffer;
  serial: string;
  sign(message: Uint8Array): Buffer;
  cms(message: Buffer, options?: { detached?: boolean; cardNo?: string; with?: Buffer[] }): Promise<Buffer>;
}

type Status = 'good' | 'revoked' | 'unknown';

export interface HcaWorld {
  base: string;
  root: Authority;
  ca: Authority;
  settings: CardSettings;
  /** What the servers do; a test changes it. */
  servers: {
    ocsp: 'up' | 'down' | 'slow' | 'huge' | 'garbage' | 'forged' | 'delegate' | 'rogue-delegate' | 'stale';
    crl: 'up' | 'down' | 'stale' | 'forged' | 'huge';
    status: Map<string, Status>;
    asked: string[];
  };
  institution(unitCode: string, changes?: Partial<CardRequest>): Promise<Card>;
  person(of: { name: string; nationalId: string }, changes?: Partial<CardRequest>): Promise<Card>;
  card(request: Partial<CardRequest>, by?: Authority): Promise<Card>;
  reset(): void;
  close(): Promise<void>;
}

/** GRCA-test, HCA-test below it, cards of both kinds, an OCSP responder and revocation lists, all made here. */
export async function startHca(now: () => Date = () => NOW): Promise<HcaWorld> {
  const [rootKeys, caKeys, rogueKeys, cardKeys, delegateKeys] = await Promise.all(
    Array.from({ length: 5 }, () => newKeys()),
  );
  if (!rootKeys || !caKeys || !rogueKeys || !cardKeys || !delegateKeys) throw new Error('no keys');
  const servers: HcaWorld['servers'] = { ocsp: 'up', crl: 'up', status: new Map(), asked: [] };
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      servers.asked.push(req.url ?? '');
      void answer(req.url ?? '', Buffer.concat(chunks)).then((body) => {
        if (body === undefined) return res.writeHead(503).end();
        return res.writeHead(200).end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const root = await createAuthority({
    ...VALID,
    subject: [{ C: ['TW'] }, { CN: ['GRCA test'] }],
    keys: rootKeys,
  });
  const subject = [{ C: ['TW'] }, { O: ['行政院'] }, { OU: ['醫事憑證管理中心'] }];
  const ca = await createAuthority({
    ...VALID,
    subject,
    keys: caKeys,
    parent: root,
    crlUrl: `${base}/root.crl`,
    serialNumber: '0ca1',
  });
  const rogue = await createAuthority({ ...VALID, subject, keys: rogueKeys });
  const ocspSigning = new Sequence({ value: [new ObjectIdentifier({ value: '1.3.6.1.5.5.7.3.9' })] });
  const delegateOf = async (by: Authority): Promise<Authority> => ({
    keys: delegateKeys,
    certificate: await issueCard(by, {
      ...VALID,
      serialNumber: '0d01',
      subject: [{ CN: ['OCSP test'] }],
      publicKey: delegateKeys.publicKey,
      attributes: [],
      extensions: [extension('2.5.29.37', ocspSigning)],
    }),
  });
  const [delegate, rogueDelegate] = await Promise.all([delegateOf(ca), delegateOf(rogue)]);

  const crlOf = async (authority: Authority, forged: boolean): Promise<Buffer> => {
    const past = new Date(now().getTime() - 3 * 86_400_000);
    const isStale = servers.crl === 'stale';
    const list = new CertificateRevocationList({
      version: 1,
      issuer: Certificate.fromBER(authority.certificate.rawData).subject,
      thisUpdate: time(isStale ? past : new Date(now().getTime() - 60_000)),
      nextUpdate: time(new Date((isStale ? past : now()).getTime() + 3_600_000)),
    });
    const revoked = [...servers.status].filter(([, status]) => status === 'revoked');
    if (revoked.length > 0) {
      list.revokedCertificates = revoked.map(
        ([serial]) =>
          new RevokedCertificate({
            userCertificate: new Integer({
              valueHex: new Uint8Array(Buffer.from(serial.padStart(4, '0'), 'hex')),
            }),
            revocationDate: time(past),
          }),
      );
    }
    await list.sign((forged ? rogue : authority).keys.privateKey, 'SHA-256');
    return Buffer.from(list.toSchema().toBER(false));
  };

  async function answer(url: string, body: Buffer): Promise<Buffer | undefined> {
    if (url === '/root.crl') return crlOf(root, false);
    if (url === '/hca.crl') {
      if (servers.crl === 'down') return undefined;
      if (servers.crl === 'huge') return Buffer.alloc(5 * 1024 * 1024);
      return crlOf(ca, servers.crl === 'forged');
    }
    switch (servers.ocsp) {
      case 'down':
        return undefined;
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, 6000));
        return undefined;
      case 'huge':
        return Buffer.alloc(1024 * 1024);
      case 'garbage':
        return randomBytes(300);
    }
    const stale = {
      thisUpdate: new Date(now().getTime() - 9e8),
      nextUpdate: new Date(now().getTime() - 8e8),
    };
    return respond(servers.ocsp === 'forged' ? rogue : ca, body, {
      now: now(),
      statusOf: (serial) => servers.status.get(serial) ?? 'good',
      ...(servers.ocsp === 'delegate' && { delegate }),
      ...(servers.ocsp === 'rogue-delegate' && { delegate: rogueDelegate }),
      ...(servers.ocsp === 'stale' && stale),
    });
  }

  let serials = 0x5000;
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', cardKeys.privateKey));
  const card = async (changes: Partial<CardRequest>, by = ca): Promise<Card> => {
    serials += 1;
    const serial = changes.serialNumber ?? serials.toString(16);
    const issued = await issueCard(by, {
      ...VALID,
      serialNumber: serial,
      subject: [{ C: ['TW'] }],
      publicKey: cardKeys.publicKey,
      attributes: [],
      ocspUrl: `${base}/ocsp`,
      crlUrl: `${base}/hca.crl`,
      ...changes,
    });
    const certificate = Buffer.from(issued.rawData);
    const key = { key: pkcs8, format: 'der', type: 'pkcs8' } as const;
    return {
      certificate,
      serial,
      sign: (message) => sign('sha256', message, key),
      cms: (message, options = {}) => makeCms(certificate, cardKeys.privateKey, message, options),
    };
  };

  return {
    base,
    root,
    ca,
    servers,
    settings: {
      anchors: [],
      intermediates: [],
      revocationHosts: [new URL(base).host],
      ocspUrl: undefined,
      crlUrl: undefined,
      unitSources: ['sda:2.16.886.1.100.2.102', 'subject:2.5.4.5', 'subject:2.5.4.11', 'registry'],
      personSources: ['sda:2.16.886.1.100.2.51', 'subject:2.5.4.5'],
    },
    card,
    institution: (unitCode, changes) =>
      card({
        subject: [{ C: ['TW'] }, { O: ['示範診所'] }, { '2.5.4.5': [unitCode] }],
        attributes: [[SUBJECT_TYPE, INSTITUTION]],
        ...changes,
      }),
    person: ({ name, nationalId }, changes) =>
      card({
        subject: [{ C: ['TW'] }, { CN: [name] }, { '2.5.4.5': ['0000000112345678'] }],
        attributes: [
          [SUBJECT_TYPE, PERSON],
          ['2.16.886.1.100.2.51', nationalId.slice(-4)],
        ],
        ...changes,
      }),
    reset() {
      servers.ocsp = 'up';
      servers.crl = 'up';
      servers.status.clear();
      servers.asked.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export { KeyUsageFlags };

const time = (value: Date): Time => new Time({ type: 0, value });

function extension(oid: string, value: Sequence) {
  return new Extension(oid, false, value.toBER(false));
}
