import { createPrivateKey } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueCard, newKeys } from '#idp/virtual-cards/index.ts';
import type { Card } from './hca.ts';

/** What lies in the reader of the fake component, and how the component is. */
export interface FakeComponent {
  card: Card | undefined;
  cardType: 0 | 1;
  pin: string;
  /** A code that the named function ends with. */
  faults: Map<string, number>;
  calls: { functionname: string; parameters: Record<string, unknown> }[];
  handle(body: string): Record<string, string>;
}

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (text: unknown): string => Buffer.from(decodeURIComponent(String(text)), 'base64').toString();

/** The card component as its protocol is known: one post a call, state by session, the error asked for afterwards. */
export function fakeComponent(): FakeComponent {
  let lastError = 0;
  const state = { module: false, session: false };
  const component: FakeComponent = {
    card: undefined,
    cardType: 0,
    pin: '123456',
    faults: new Map(),
    calls: [],
    handle,
  };

  function run(functionname: string, parameters: Record<string, unknown>): string {
    const fault = component.faults.get(functionname);
    const fail = (code: number): string => {
      lastError = code;
      return '';
    };
    if (functionname !== 'ATL_GetErrorCode') lastError = 0;
    if (fault !== undefined) return fail(fault);
    switch (functionname) {
      case 'ATL_GetErrorCode':
        return String(lastError);
      case 'ATL_InitModule':
        if (decode(parameters['moduleName']) !== 'HCAPKCS11.dll') return fail(61902);
        state.module = true;
        return component.card ? '11' : fail(9056);
      case 'ATL_GetHCACardType':
        return String(component.cardType);
      case 'ATL_GetHCABasicData':
        return '9876543210;Clinic;1;;;;;;';
      case 'ATL_InitSession': {
        const pin = decode(parameters['userPin']);
        if (pin !== component.pin) return fail(9039);
        state.session = true;
        return '22';
      }
      case 'ATL_GetCertificateFromGPKICard':
        return parameters['iCertId'] === 1
          ? (component.card?.certificate.toString('base64') ?? '')
          : fail(9056);
      case 'ATL_GetKeyObjectHandle':
        return state.session && decode(parameters['param']) === '1' ? '33' : fail(9999);
      case 'ATL_MakeSignatureEx2': {
        const isRight = parameters['ulAlgorithm'] === 0x40 && parameters['ulPvKeyObject'] === '33';
        if (!isRight || !component.card) return fail(9999);
        const message = Buffer.from(decode(parameters['b64Data']), 'base64');
        return component.card.sign(message).toString('base64');
      }
      case 'ATL_CloseSession':
        state.session = false;
        return '0';
      case 'ATL_CloseModule':
        state.module = false;
        return '0';
      default:
        return fail(61001);
    }
  }

  function handle(body: string): Record<string, string> {
    const text = new URLSearchParams(body).get('Parameter') ?? '';
    const { functionname, sessionid, ...parameters } = JSON.parse(
      Buffer.from(text, 'base64').toString(),
    ) as Record<string, unknown>;
    const name = String(functionname);
    component.calls.push({ functionname: name, parameters });
    if (name === 'Echo') {
      const code = component.faults.get('Echo') ?? 0;
      return {
        result: encode(String(code)),
        SessionID: encode('session-7'),
        ServerVersion: encode('1.0.20.0310'),
      };
    }
    if (sessionid !== 'session-7') return { result: encode('61908') };
    return { result: encode(run(name, parameters)) };
  }
  return component;
}

/** The component as a local HTTPS service, on the first of its ports that is free. */
export async function serveComponent(
  component: FakeComponent,
): Promise<{ url: string; close(): Promise<void> }> {
  const keys = await newKeys();
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01') };
  const subject = [{ CN: ['localhost'] }];
  const authority = await createAuthority({ ...validity, subject, keys });
  const request = { ...validity, subject, serialNumber: '02', publicKey: keys.publicKey, attributes: [] };
  const certificate = await issueCard(authority, request);
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  });
  const server = createServer({ key, cert: certificate.toString('pem') }, (req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      res.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'application/json' });
      res.end(req.method === 'POST' ? JSON.stringify(component.handle(body)) : '');
    });
  });
  for (const port of [56545, 56645, 56445]) {
    const isOpen = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, 'localhost', () => resolve(true));
    });
    if (isOpen) break;
  }
  if (!server.listening) throw new Error('none of the ports of the card component is free');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
