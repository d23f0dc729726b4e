// HCAServiSign: the card component of the health care PKI, a service on the person's own machine. Every call is
// a form post; texts travel as base64 within base64, as the component expects them.
import { CardError } from './hca-error.js';

const PORTS = [56445, 56545, 56645];
const MAC_OFFSET = 2000;
const HOSTS = ['localhost', '127.0.0.1'];
const INDEX = {
  ATL_InitModule: 0,
  ATL_CloseModule: 1,
  ATL_InitSession: 2,
  ATL_CloseSession: 3,
  ATL_GetKeyObjectHandle: 5,
  ATL_GetCertificateFromGPKICard: 7,
  ATL_GetErrorCode: 46,
  ATL_GetHCACardType: 58,
  ATL_GetHCABasicData: 59,
  ATL_MakeSignatureEx2: 66,
};
const KINDS = { 0: 'institution', 1: 'person' };
const RW_SERIAL = 6;
const SHA256_RSA_PKCS = 0x40;
const SIGNING_CERTIFICATE = 1;
// a browser may ask first whether this page may reach the local network
const ECHO_MS = 20_000;
const CALL_MS = 60_000;

const encode = (text) => encodeURIComponent(toBase64(new TextEncoder().encode(text)));
const decode = (text = '') =>
  new TextDecoder().decode(Uint8Array.from(atob(text), (each) => each.codePointAt(0)));

/** A signature by the card in the reader. `tell` says how far it is. */
export async function signWithServiSign(
  { pin, message, kind, tell },
  ways = { fetch: (url, init) => fetch(url, init), agent: navigator.userAgent },
) {
  tell('connect');
  const component = await connect(ways);
  const call = (name, parameters) => component(name, { ...parameters, ServiSignFunctionIndex: INDEX[name] });
  const checked = async (name, parameters) => {
    const result = await call(name, parameters);
    const code = Number(await call('ATL_GetErrorCode', {}));
    if (code !== 0) throw new CardError(code);
    return result;
  };
  const text = (name, value) => ({ [`${name}_ServiSignBase64Flag`]: true, [name]: encode(value) });

  tell('card');
  const module = {
    ulModuleHandle: await checked('ATL_InitModule', {
      ...text('moduleName', 'HCAPKCS11.dll'),
      ...text('initArgs', ''),
    }),
  };
  try {
    const found = KINDS[Number(await checked('ATL_GetHCACardType', module))];
    if (found !== kind) throw new CardError(`wrong-kind-${kind}`);
    await checked('ATL_GetHCABasicData', module);
    const login = { ...module, iFlags: RW_SERIAL, ...text('userPin', pin) };
    const session = { ...module, ulSessionHandle: await checked('ATL_InitSession', login) };
    try {
      const certificate = await checked('ATL_GetCertificateFromGPKICard', {
        ...session,
        iCertId: SIGNING_CERTIFICATE,
        ...text('readerName', ''),
      });
      const key = await checked('ATL_GetKeyObjectHandle', {
        ...session,
        iKeyType: 0,
        ...text('key_id', ''),
        ...text('param', '1'),
      });
      tell('sign');
      const signature = await checked('ATL_MakeSignatureEx2', {
        ...session,
        ulAlgorithm: SHA256_RSA_PKCS,
        ulEndianness: 0,
        ...text('b64Data', message),
        ulPvKeyObject: key,
      });
      return { certificate, signature, cms: '' };
    } finally {
      await call('ATL_CloseSession', session).catch(() => {});
    }
  } finally {
    await call('ATL_CloseModule', module).catch(() => {});
  }
}

/** The first port that answers, by name and then by address. */
async function connect({ fetch, agent }) {
  const offset = /Macintosh|Mac OS X/.test(agent) ? MAC_OFFSET : 0;
  let refusal;
  for (const host of HOSTS) {
    for (const port of PORTS) {
      const url = `https://${host}:${port - offset}`;
      const echo = await post(fetch, url, { functionname: 'Echo' }, '', ECHO_MS).catch(() => undefined);
      if (!echo) continue;
      const code = Number(decode(echo.result) || 0);
      if (code !== 0) {
        refusal = code;
        continue;
      }
      const session = decode(echo.SessionID);
      return async (functionname, parameters) => {
        const answer = await post(fetch, url, { functionname, ...parameters }, session, CALL_MS).catch(() => {
          throw new CardError(61015);
        });
        return decode(answer.result);
      };
    }
  }
  throw new CardError(refusal ?? 61006);
}

async function post(fetch, url, parameters, sessionid, ms) {
  const call = {
    ...parameters,
    comname: '',
    libdir: '',
    sessionid,
    ServiSignTabMode: 0,
    ServiSignBrowser: 'Chrome',
    JSVersion: '1.0.18.1219',
    minlibversion: '0.0.0.0',
    minserverversion: '0.0.0.0',
    InstallerName: 'HCAServiSignAdapterSetup',
    PathID: '6BD4EA2493354E298DD0B09B72A5EA59',
    AdapterJsonKeyCheck: true,
  };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `Parameter=${encode(JSON.stringify(call))}`,
    signal: AbortSignal.timeout(ms),
  });
  return answer.json();
}

function toBase64(bytes) {
  return btoa(String.fromCodePoint(...bytes));
}
