// The account menu by keyboard, and tabs that never lie: a tab left under another account turns grey.
/* oxlint-disable unicorn/require-post-message-target-origin -- a BroadcastChannel never leaves its origin */
const menu = document.querySelector('[data-acting]');
const options = [...menu.querySelectorAll('.switcher-option')];
const find = menu.querySelector('.switcher-find');
const none = menu.querySelector('.switcher-none[role]');

const shown = () => options.filter((option) => !option.closest('li').hidden);

if (find) {
  const input = find.querySelector('input');
  find.hidden = options.length < 2;
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    for (const option of options) {
      option.closest('li').hidden = !option.textContent.toLowerCase().includes(wanted);
    }
    none.hidden = shown().length > 0;
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') shown()[0]?.click();
  });
}

menu.addEventListener('toggle', () => {
  if (menu.open) (find && !find.hidden ? find.querySelector('input') : options[0])?.focus();
});

menu.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && menu.open) {
    menu.open = false;
    menu.querySelector('summary').focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !menu.open) return;
  event.preventDefault();
  const list = shown();
  const at = list.indexOf(document.activeElement);
  list.at(at < 0 && step < 0 ? -1 : (at + step) % list.length)?.focus();
});

document.addEventListener('click', (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});

const mine = { account: menu.dataset.acting, binding: menu.dataset.actingName };
const dialog = document.querySelector('[data-stale-dialog]');
const channel = new BroadcastChannel('acting-account');
channel.postMessage(mine);
channel.addEventListener('message', (event) => compare(event.data));
dialog.addEventListener('cancel', (event) => event.preventDefault());
dialog.querySelector('[data-stale-continue]').addEventListener('click', () => location.reload());

// messages are missed by a sleeping tab, so it asks when it is looked at again
const { actingCheck } = menu.dataset;
if (actingCheck) {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void ask();
  });
}

async function ask() {
  const answer = await fetch(actingCheck, { headers: { accept: 'application/json' } }).catch(() => undefined);
  if (answer?.ok) compare(await answer.json());
  else if (answer?.status === 401) compare({ account: undefined });
}

function compare(now) {
  if (now.account === mine.account) return;
  const go = dialog.querySelector('[data-stale-continue]');
  const what = dialog.querySelector('[data-stale-what]');
  if (now.binding) go.textContent = go.dataset.named.replace('{name}', now.binding);
  if (!now.account) what.textContent = what.dataset.unknown;
  if (!dialog.open) dialog.showModal();
}
