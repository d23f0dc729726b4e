import { verify, X509Certificate } from 'node:crypto';
import { type Card, type HcaWorld, startHca } from '../support/hca.ts';
import { type FakeComponent, fakeComponent } from '../support/servisign.ts';

/* SM-02, catalogue 4.6: what the page says to the card component, and what it makes of the answers. */

interface Ways {
  fetch: (
    url: string,
    init: { method: string; body: string; headers: Record<string, string> },
  ) => Promise<unknown>;
  agent: string;
}
type Sign = (
  ask: { pin: string; message: string; kind: string; tell: (step: string) => void },
  ways: Ways,
) => Promise<{ certificate: string; signature: string }>;

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const MESSAGE = Buffer.from('single-entry card enrollment\nhttps://idp.example\nnonce');

let hca: HcaWorld;
let card: Card;
let component: FakeComponent;
let asked: string[];
let signWithServiSign: Sign;

beforeAll(async () => {
  hca = await startHca();
  card = await hca.institution('9876543210');
  const file = new URL('../../templates/assets/js/hca-servisign.js', import.meta.url);
  // the module reads the browser's name once, where there is one
  ({ signWithServiSign } = (await import(file.pathname)) as { signWithServiSign: Sign });
});
afterAll(() => hca.close());
beforeEach(() => {
  component = fakeComponent();
  component.card = card;
  asked = [];
});

function ways(listening: string | undefined, agent = WINDOWS): Ways {
  return {
    agent,
    fetch: (url, init) => {
      asked.push(url);
      if (url !== listening) return Promise.reject(new TypeError('refused'));
      expect(init.headers['content-type']).toBe('application/x-www-form-urlencoded');
      expect(init.body).toMatch(/^Parameter=[\w%]+$/);
      return Promise.resolve({ json: () => Promise.resolve(component.handle(init.body)) });
    },
  };
}

const run = (given: Ways, pin = '123456', kind = 'institution') => {
  const steps: string[] = [];
  const ask = { pin, message: MESSAGE.toString('base64'), kind, tell: (step: string) => steps.push(step) };
  return signWithServiSign(ask, given).then((made) => ({ ...made, steps }));
};
const codeOf = (given: Ways, pin?: string, kind?: string) =>
  run(given, pin, kind).then(
    () => 'signed',
    (error: { code?: string }) => error.code,
  );

test('SM-02: Echo, module, card type, basic data, PIN, certificate, key, signature, and all is closed again', async () => {
  const made = await run(ways('https://localhost:56445'));
  const { publicKey } = new X509Certificate(Buffer.from(made.certificate, 'base64'));
  expect(verify('sha256', MESSAGE, publicKey, Buffer.from(made.signature, 'base64'))).toBe(true);
  expect(made.steps).toEqual(['connect', 'card', 'sign']);
  const called = component.calls.map(({ functionname }) => functionname);
  expect(called.filter((name) => name !== 'ATL_GetErrorCode')).toEqual([
    'Echo',
    'ATL_InitModule',
    'ATL_GetHCACardType',
    'ATL_GetHCABasicData',
    'ATL_InitSession',
    'ATL_GetCertificateFromGPKICard',
    'ATL_GetKeyObjectHandle',
    'ATL_MakeSignatureEx2',
    'ATL_CloseSession',
    'ATL_CloseModule',
  ]);
});

test('SM-02: three ports by name, then by address; on a Mac two thousand below', async () => {
  expect(await codeOf(ways('https://127.0.0.1:56645'))).toBe('signed');
  expect(asked.slice(0, 6)).toEqual([
    'https://localhost:56445',
    'https://localhost:56545',
    'https://localhost:56645',
    'https://127.0.0.1:56445',
    'https://127.0.0.1:56545',
    'https://127.0.0.1:56645',
  ]);
  expect(
    await codeOf(ways('https://localhost:54545', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)')),
  ).toBe('signed');
});

test('SM-02: no component, a component that refuses, one that goes away', async () => {
  expect(await codeOf(ways(undefined))).toBe('61006');
  component.faults.set('Echo', 61908);
  expect(await codeOf(ways('https://localhost:56445'))).toBe('61908');
  component.faults.clear();
  const given = ways('https://localhost:56445');
  const { fetch } = given;
  given.fetch = (url, init) =>
    component.calls.length > 4 ? Promise.reject(new TypeError('gone')) : fetch(url, init);
  expect(await codeOf(given)).toBe('61015');
});

test('SM-02: the codes of the card, and the module closed after each', async () => {
  const here = ways('https://localhost:56445');
  expect(await codeOf(here, '000000')).toBe('9039');
  expect(component.calls.at(-1)?.functionname).toBe('ATL_CloseModule');
  for (const code of [9042, 9043, 9045]) {
    component.faults.set('ATL_InitSession', code);
    expect(await codeOf(here)).toBe(String(code));
  }
  component.faults.clear();
  component.faults.set('ATL_MakeSignatureEx2', 9999);
  expect(await codeOf(here)).toBe('9999');
  const closed = component.calls.slice(-2).map(({ functionname }) => functionname);
  expect(closed).toEqual(['ATL_CloseSession', 'ATL_CloseModule']);
  component.card = undefined;
  expect(await codeOf(here)).toBe('9056');
});

test('SM-02: NOT_ORG_CARD: the wrong kind of card is said before any PIN is sent', async () => {
  const here = ways('https://localhost:56445');
  component.cardType = 1;
  expect(await codeOf(here)).toBe('wrong-kind-institution');
  component.cardType = 0;
  expect(await codeOf(here, '123456', 'person')).toBe('wrong-kind-person');
  expect(component.calls.some(({ functionname }) => functionname === 'ATL_InitSession')).toBe(false);
});
