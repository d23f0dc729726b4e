// Counts the quiet time, shared by all tabs; asks before the session ends; keeps it while someone works.
/* oxlint-disable unicorn/require-post-message-target-origin -- a BroadcastChannel never leaves its origin */
import { giveBack, readTyped } from './typed.js';

const { idleLimit, idleWarn, idleKeepAlive, idleSignedOut, idleLeave } = document.body.dataset;
const MINUTE = 60_000;
const dialog = document.querySelector('[data-idle-dialog]');
const clock = dialog.querySelector('[data-idle-clock]');
const left = document.querySelector('[data-idle-left]');
const idleFor = document.querySelector('[data-idle-for]');
const channel = new BroadcastChannel('idle');

let endsAt = 0;
let keptAt = Date.now();
let ended = false;

function restart(at = Date.now()) {
  endsAt = Math.max(endsAt, at + Number(idleLimit) * MINUTE);
  if (dialog.open) dialog.close();
}

/** The end: where the page can be kept, it and what was typed are sent along. */
function leave() {
  ended = true;
  if (!idleLeave) return location.assign(idleSignedOut);
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: idleLeave, hidden: true });
  const values = { page: location.pathname + location.search, typed: JSON.stringify(readTyped(document)) };
  for (const [name, value] of Object.entries(values)) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  }
  document.body.append(form);
  form.submit();
}

async function keepAlive() {
  keptAt = Date.now();
  const answer = await fetch(idleKeepAlive, { method: 'POST' }).catch(() => undefined);
  if (answer?.status === 401) location.assign(idleSignedOut);
  if (!answer?.ok) return;
  restart(keptAt);
  channel.postMessage(keptAt);
}

/** Someone works here: tell the server, at most once a minute. */
function active() {
  if (!dialog.open && Date.now() - keptAt > MINUTE) void keepAlive();
}

function tick() {
  if (ended) return;
  const seconds = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const minutes = Math.max(0, Math.floor((Number(idleLimit) * 60 - seconds) / 60));
  if (idleFor) idleFor.textContent = idleFor.dataset.text.replace('{minutes}', minutes);
  if (left) left.textContent = left.dataset.text.replace('{time}', text);
  if (seconds === 0) return leave();
  if (seconds > Number(idleWarn) * 60) return;
  if (!dialog.open) dialog.showModal();
  clock.textContent = text;
}

restart();
channel.postMessage(Date.now());
channel.addEventListener('message', (event) => restart(event.data));
for (const deed of ['keydown', 'pointerdown', 'scroll']) addEventListener(deed, active, { passive: true });
dialog.addEventListener('close', () => void (!ended && Date.now() < endsAt && keepAlive()));
dialog.querySelector('[data-idle-go]').addEventListener('click', (event) => {
  event.preventDefault();
  leave();
});
dialog.querySelector('[data-idle-stay]').addEventListener('click', () => dialog.close());
if (left) left.hidden = false;
if (idleFor) idleFor.hidden = false;
tick();
setInterval(tick, 1000);
void giveBack(document.body.dataset.idleKept, document.querySelector('[data-idle-restored]'));
