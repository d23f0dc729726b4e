// Lets a card sign the server's challenge and sends what it made. The PIN goes to the component and nowhere else:
// its field has no name. Without scripts the other ways of the page remain.
import { CardError } from './hca-error.js';
import { openHiPki, signWithHiPki } from './hca-hipki.js';
import { signWithServiSign } from './hca-servisign.js';
import { signWithVirtualCard } from './hca-virtual.js';

const BRIDGES = { servisign: signWithServiSign, hipki: signWithHiPki, virtual: signWithVirtualCard };

for (const form of document.querySelectorAll('[data-hca]')) {
  const dialog = form.closest('[data-hca-dialog]');
  const virtual = form.querySelector('[data-hca-virtual]');
  const bridge = () => form.elements.bridge.value;
  dialog.querySelector('[data-hca-missing]').hidden = true;
  form.hidden = false;
  form.addEventListener('change', () => {
    if (virtual) virtual.hidden = bridge() !== 'virtual';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // a window opens only while the click counts
    const popup = bridge() === 'hipki' && isPin(form) ? openHiPki() : undefined;
    void prove(form, bridge(), popup);
  });
}

async function prove(form, bridge, popup) {
  const button = form.querySelector('[type=submit]');
  const field = form.querySelector('#pin');
  const pin = field.value;
  wrong(form, '');
  button.disabled = true;
  try {
    if (!isPin(form)) throw new CardError(9041);
    const tell = (step) => said(form, wordsOf(form, `step-${step}`));
    const { nonce, message } = await challenge(form);
    const made = await BRIDGES[bridge]({ pin, message, kind: form.dataset.hca, tell, form, popup });
    tell('verify');
    for (const [name, value] of Object.entries({ nonce, ...made })) form.elements[name].value = value;
    field.value = '';
    form.submit();
  } catch (error) {
    popup?.close();
    const code = error instanceof CardError ? error.code : 'offline';
    said(form, '');
    wrong(form, wordsOf(form, code) ?? wordsOf(form, 'other').replace('{code}', code));
    field.value = '';
    button.disabled = false;
    field.focus();
  }
}

async function challenge(form) {
  const answer = await fetch(form.dataset.challenge, { method: 'POST' });
  if (!answer.ok) throw new CardError('offline');
  return answer.json();
}

function isPin(form) {
  return /^\d{6,8}$/.test(form.querySelector('#pin').value);
}

function wordsOf(form, code) {
  const texts = form.closest('[data-hca-dialog]').querySelector('[data-hca-texts]');
  return texts.querySelector(`[data-code="${CSS.escape(code)}"]`)?.textContent;
}

function said(form, text) {
  form.querySelector('[data-hca-said]').textContent = text;
}

function wrong(form, text) {
  const place = form.querySelector('[data-hca-wrong]');
  place.textContent = text;
  place.hidden = text === '';
  const field = form.querySelector('#pin');
  if (text === '') field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
}
