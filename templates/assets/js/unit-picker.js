// Searches while one types; the county's towns follow it, and a chosen unit fills in where it lies.
const form = document.querySelector('[data-unit-picker]');
const { q, county, town } = form.elements;
const list = document.querySelector('[data-unit-list]');
const said = document.querySelector('[data-unit-said]');
const units = new Map();
let asked = 0;
let timer = 0;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void search();
});
q.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => void search(), 250);
});
county.addEventListener('change', () => {
  town.value = '';
  void search();
});
town.addEventListener('change', () => void search());
list.addEventListener('change', (event) => void settle(units.get(event.target.value)));

async function ask(query) {
  const url = new URL(form.dataset.unitPicker, location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { accept: 'application/json' } }).catch(() => undefined);
  return answer?.ok ? answer.json() : undefined;
}

async function search() {
  const turn = (asked += 1);
  const found = await ask({ q: q.value, county: county.value, town: town.value });
  if (!found) return HTMLFormElement.prototype.submit.call(form); // the page can do it without this script
  if (turn !== asked) return; // a later answer is on its way
  showTowns(found.towns, town.value);
  const chosen = list.querySelector('input:checked')?.value;
  units.clear();
  list.replaceChildren(...found.units.map((unit) => line(unit, unit.code === chosen)));
  said.textContent = found.units.length === 0 ? form.dataset.none : found.more ? form.dataset.more : '';
}

function line(unit, checked) {
  units.set(unit.code, unit);
  const label = document.createElement('label');
  label.className = 'choice-line';
  const radio = Object.assign(document.createElement('input'), {
    type: 'radio',
    name: 'unit',
    value: unit.code,
    required: true,
    checked,
  });
  const text = document.createElement('span');
  const code = Object.assign(document.createElement('span'), { className: 'code', textContent: unit.code });
  text.append(code, `-${unit.name}`);
  label.append(radio, text);
  return label;
}

function showTowns(towns, selected) {
  const all = new Option(form.dataset.all, '');
  town.replaceChildren(all, ...towns.map(({ code, name }) => new Option(name, code)));
  town.value = towns.some(({ code }) => code === selected) ? selected : '';
}

async function settle(unit) {
  if (!unit) return;
  county.value = unit.county;
  const found = await ask({ county: unit.county });
  if (found) showTowns(found.towns, unit.town);
}
