// HiPKI: another component. It answers no page but its own, which opens in a window and takes messages.
import { CardError } from './hca-error.js';

const ORIGIN = 'http://localhost:61161';
const OPENS_MS = 3500;
const SIGNS_MS = 120_000;
const LOOK_MS = 500;

/**
 * Opens its window, only while the person's click still counts, and listens from then on: it asks what to sign once,
 * and perhaps before we know.
 */
export function openHiPki() {
  const popup = window.open(`${ORIGIN}/popupForm`, '_blank', 'popup,width=300,height=240');
  const said = { getTbs: Promise.withResolvers(), sign: Promise.withResolvers() };
  const listen = (event) => {
    if (event.origin !== ORIGIN || event.source !== popup || typeof event.data !== 'string') return;
    const message = parse(event.data);
    said[message?.func]?.resolve(message);
  };
  addEventListener('message', listen);
  return {
    asked: said.getTbs.promise,
    signed: said.sign.promise,
    isOpen: () => popup !== null && !popup.closed,
    post: (message) => popup.postMessage(JSON.stringify(message), ORIGIN),
    close() {
      removeEventListener('message', listen);
      popup?.close();
    },
  };
}

/** A CMS message by the card in the reader. */
export async function signWithHiPki({ pin, message, tell, popup }) {
  tell('connect');
  try {
    if (!popup.isOpen()) throw new CardError('hipki-missing');
    await within(OPENS_MS, popup.asked, 'hipki-missing');
    tell('sign');
    popup.post(request(pin, message));
    const made = await within(SIGNS_MS, popup.signed, 'hipki-closed', popup.isOpen);
    if (Number(made.ret_code) !== 0) throw new CardError(made.last_error || made.ret_code);
    return { certificate: '', signature: '', cms: made.signature };
  } finally {
    popup.close();
  }
}

/** Also over when somebody closed the window; one that closes by itself has answered a moment before. */
function within(ms, promise, code, isOpen = () => true) {
  const { promise: late, reject } = Promise.withResolvers();
  const give = () => reject(new CardError(code));
  const timer = setTimeout(give, ms);
  const watch = setInterval(() => isOpen() || setTimeout(give, LOOK_MS), LOOK_MS);
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
    clearInterval(watch);
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
