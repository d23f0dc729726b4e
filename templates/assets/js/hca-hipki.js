// HiPKI: another component. It answers no page but its own, which opens in a window and takes messages.
import { CardError } from './hca-error.js';

const ORIGIN = 'http://localhost:61161';
const OPENS_MS = 3500;
const SIGNS_MS = 120_000;

/** Opens its window: only while the person's click still counts. */
export function openHiPki() {
  return window.open(`${ORIGIN}/popupForm`, 'hipki', 'popup,width=300,height=240');
}

/** A CMS message by the card in the reader. */
export function signWithHiPki({ pin, message, tell, popup }) {
  tell('connect');
  return new Promise((resolve, reject) => {
    const end = (deed, value) => {
      clearTimeout(timer);
      removeEventListener('message', listen);
      popup?.close();
      deed(value);
    };
    let timer = setTimeout(() => end(reject, new CardError('hipki-missing')), OPENS_MS);
    const listen = (event) => {
      if (event.origin !== ORIGIN || event.source !== popup || typeof event.data !== 'string') return;
      const said = parse(event.data);
      if (said?.func === 'getTbs') {
        clearTimeout(timer);
        timer = setTimeout(() => end(reject, new CardError('hipki-closed')), SIGNS_MS);
        tell('sign');
        popup.postMessage(JSON.stringify(request(pin, message)), ORIGIN);
      } else if (said?.func === 'sign') {
        if (Number(said.ret_code) === 0)
          end(resolve, { certificate: '', signature: '', cms: said.signature });
        else end(reject, new CardError(said.last_error || said.ret_code));
      }
    };
    addEventListener('message', listen);
    if (!popup) end(reject, new CardError('hipki-missing'));
  });
}

function request(pin, message) {
  return {
    func: 'MakeSignature',
    signatureType: 'PKCS7',
    tbs: encodeURIComponent(message),
    tbsEncoding: 'base64',
    hashAlgorithm: 'SHA256',
    withCardSN: 'true',
    pin: encodeURIComponent(pin),
    nonce: '',
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
