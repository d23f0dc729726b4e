// A field for a unit as a combobox (WAI-ARIA pattern, list autocomplete): typing searches by code or name, arrows and
// Enter choose, Escape closes. Without this file the button beside it does the same by a page.
for (const input of document.querySelectorAll('[data-unit-look-up]')) attach(input);

function attach(input) {
  const field = input.closest('.field');
  const list = Object.assign(document.createElement('ul'), {
    id: `${input.id}-list`,
    className: 'look-up-list',
    hidden: true,
  });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', input.dataset.found);
  const said = Object.assign(document.createElement('p'), { className: 'visually-hidden' });
  said.setAttribute('role', 'status');
  const frame = Object.assign(document.createElement('div'), { className: 'look-up' });
  input.replaceWith(frame);
  frame.append(input, list, said);
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
  }))
    input.setAttribute(name, value);
  field.querySelector('[data-unit-search]').hidden = true;
  let at = -1;
  let asked = 0;
  let timer = 0;

  const options = () => [...list.children];
  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) move(-1);
  }
  function move(to) {
    at = to;
    options().forEach((option, index) => option.setAttribute('aria-selected', String(index === at)));
    const current = options()[at];
    if (current) {
      input.setAttribute('aria-activedescendant', current.id);
      current.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  }
  function choose(option) {
    input.value = option.textContent;
    field.querySelector('[data-units-found]')?.remove(); // what the page offered is chosen from here now
    open(false);
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }
  async function search() {
    const turn = (asked += 1);
    const text = input.value.trim();
    if (text === '') return open(false);
    const url = `${input.dataset.unitLookUp}?${new URLSearchParams({ q: text })}`;
    const answer = await fetch(url, { headers: { accept: 'application/json' } }).catch(() => undefined);
    if (turn !== asked || document.activeElement !== input) return; // a later answer is on its way, or nobody waits
    if (!answer?.ok) return void (field.querySelector('[data-unit-search]').hidden = false);
    const { units } = await answer.json();
    list.replaceChildren(
      ...units.map(({ code, name }, index) => {
        const option = Object.assign(document.createElement('li'), {
          id: `${list.id}-${index}`,
          textContent: `${code}-${name}`,
        });
        option.setAttribute('role', 'option');
        return option;
      }),
    );
    said.textContent = units.length === 0 ? input.dataset.none : `${input.dataset.found}: ${units.length}`;
    open(units.length > 0);
    move(-1);
  }

  input.addEventListener('input', () => {
    field.querySelector('[data-units-found]')?.remove();
    clearTimeout(timer);
    timer = setTimeout(() => void search(), 200);
  });
  input.addEventListener('keydown', (event) => {
    const count = options().length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) return void search();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      move((at + step + count + (at === -1 && step === -1 ? 1 : 0)) % count);
    } else if (event.key === 'Enter' && !list.hidden && at >= 0) {
      event.preventDefault(); // chooses; the form is sent by the next Enter
      choose(options()[at]);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      open(false);
    }
  });
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest('[role="option"]');
    if (option) choose(option);
  });
  input.addEventListener('blur', () => open(false));
}
