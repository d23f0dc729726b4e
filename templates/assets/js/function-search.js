// Finds a function of the menu while its name is typed: arrows choose, Enter goes there. Without scripts a page lists.
const form = document.querySelector('[data-function-search]');
const input = form.querySelector('input');
const list = form.querySelector('[role="listbox"]');
const said = form.querySelector('[data-function-said]');
const MOST = 8;

let functions;
let active = -1;

Object.entries({
  role: 'combobox',
  'aria-expanded': 'false',
  'aria-controls': list.id,
  'aria-autocomplete': 'list',
}).forEach(([name, value]) => input.setAttribute(name, value));

const plain = (text) => text.normalize('NFKC').toLowerCase();

async function load() {
  functions ??= fetch(form.action, { headers: { accept: 'application/json' } })
    .then((answer) => (answer.ok ? answer.json() : []))
    .catch(() => []);
  return functions;
}

function close() {
  list.hidden = true;
  active = -1;
  input.setAttribute('aria-expanded', 'false');
  input.removeAttribute('aria-activedescendant');
}

function mark(at) {
  const options = [...list.children];
  options.forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
  active = at;
  if (at < 0) return input.removeAttribute('aria-activedescendant');
  input.setAttribute('aria-activedescendant', options[at].id);
  options[at].scrollIntoView({ block: 'nearest' });
}

function optionOf({ url, label, trail }, index) {
  const option = document.createElement('li');
  Object.assign(option, { id: `function-${index}`, role: 'option' });
  option.dataset.url = url;
  const above = Object.assign(document.createElement('span'), {
    className: 'place-trail',
    textContent: trail.join(' >> '),
  });
  option.append(above, label);
  return option;
}

async function find() {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  if (words.length === 0) return close();
  const all = await load();
  const found = all.filter((one) => words.every((word) => plain(one.words).includes(word)));
  const isNamed = (one) => words.every((word) => plain(one.label).includes(word));
  found.sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
  list.replaceChildren(...found.slice(0, MOST).map(optionOf));
  said.textContent =
    found.length === 0 ? form.dataset.none : form.dataset.found.replace('{count}', found.length);
  list.hidden = found.length === 0;
  input.setAttribute('aria-expanded', String(found.length > 0));
  mark(-1);
}

input.addEventListener('focus', () => void load());
input.addEventListener('input', () => void find());
input.addEventListener('keydown', (event) => {
  const count = list.children.length;
  if (event.key === 'Escape' && !list.hidden) {
    event.preventDefault();
    close();
  } else if (event.key === 'Enter' && active >= 0) {
    event.preventDefault();
    location.assign(list.children[active].dataset.url);
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !list.hidden) {
    event.preventDefault();
    mark(event.key === 'ArrowDown' ? (active + 1) % count : (active <= 0 ? count : active) - 1);
  }
});
list.addEventListener('pointerdown', (event) => {
  const option = event.target.closest('[role="option"]');
  if (!option) return;
  event.preventDefault();
  location.assign(option.dataset.url);
});
input.addEventListener('blur', close);
