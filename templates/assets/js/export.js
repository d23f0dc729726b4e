// An export says how far it is, can be stopped, and is saved when it is whole. Without scripts the browser does it.
const menu = document.querySelector('[data-export]');
const bar = document.querySelector('[data-export-bar]');
const said = bar.querySelector('[data-export-said]');
const stop = bar.querySelector('[data-export-stop]');
const SAY_EVERY_MS = 250;
let running;

const say = (name, bytes = 0) => {
  bar.hidden = false;
  stop.hidden = name !== 'working';
  said.textContent = said.dataset[name].replace('{size}', `${(bytes / 1024).toFixed(0)} KB`);
};

menu.addEventListener('click', (event) => {
  const link = event.target.closest('a[download]');
  if (!link) return;
  event.preventDefault();
  menu.open = false;
  if (!running) void take(link.href);
});
stop.addEventListener('click', () => running?.abort());

async function take(address) {
  running = new AbortController();
  say('working');
  stop.focus();
  try {
    const answer = await fetch(address, { signal: running.signal, redirect: 'error' });
    if (!answer.ok) throw new Error(String(answer.status));
    const pieces = [];
    let bytes = 0;
    let saidAt = 0;
    for await (const piece of answer.body) {
      pieces.push(piece);
      bytes += piece.length;
      if (performance.now() - saidAt < SAY_EVERY_MS) continue;
      saidAt = performance.now();
      say('working', bytes);
    }
    save(new Blob(pieces, { type: answer.headers.get('content-type') }), nameOf(answer));
    say('done', bytes);
  } catch {
    say(running.signal.aborted ? 'stopped' : 'failed');
  }
  running = undefined;
  menu.querySelector('summary').focus();
}

function nameOf(answer) {
  const disposition = answer.headers.get('content-disposition') ?? '';
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  return coded ? decodeURIComponent(coded) : (/filename="([^"]+)"/.exec(disposition)?.[1] ?? 'export');
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
