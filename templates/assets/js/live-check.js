// Has what is typed judged by the server's own rules while one types; only fields one has been in are told about.
// Sending the form judges it again, so nothing is lost without this file or without an answer.
const form = document.querySelector('[data-live-check]');
const said = form.querySelector('[data-check-said]');
const touched = new Set();
let asked = 0;
let timer = 0;

function changed(event) {
  const { name } = event.target;
  if (!name) return;
  touched.add(name);
  clearTimeout(timer);
  timer = setTimeout(() => void check(), event.type === 'change' ? 50 : 500);
}

async function check() {
  const turn = (asked += 1);
  const body = new URLSearchParams(new FormData(form));
  body.set('deed', 'check');
  const answer = await fetch(form.action, {
    method: 'POST',
    body,
    headers: { accept: 'application/json' },
    redirect: 'error',
  }).catch(() => undefined);
  if (turn !== asked || !answer?.ok) return; // a later answer is on its way, or sending will tell
  const { findings } = await answer.json();
  const wrong = new Map(findings.map(({ field, text }) => [field, text]));
  let count = 0;
  for (const name of touched) {
    const text = wrong.get(name);
    if (text !== undefined) count += 1;
    tell(name, text);
  }
  said.textContent = count === 0 ? '' : form.dataset.liveCheck.replace('{count}', count);
}

function tell(name, text) {
  const place = document.getElementById(`${name}-error`);
  const input = document.getElementById(name);
  if (!place || !input) return;
  place.querySelector('span').textContent = text ?? '';
  place.hidden = text === undefined;
  place.closest('.field').classList.toggle('field-bad', text !== undefined);
  if (input.matches('input, select, textarea')) {
    if (text === undefined) input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  }
}

form.addEventListener('input', changed);
form.addEventListener('change', changed);
