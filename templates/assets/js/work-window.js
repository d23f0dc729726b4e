// Widens the work window and back without leaving the page: by its button, or by a click on the title bar.
const bar = document.querySelector('[data-window]');
const form = bar.querySelector('[data-window-form]');
const label = form.querySelector('[data-window-label]');
const said = bar.querySelector('[data-window-said]');

function turn() {
  const wish = new URLSearchParams(new FormData(form));
  const isWide = document.body.classList.toggle('page-wide');
  form.elements.wide.value = isWide ? '0' : '1';
  label.textContent = isWide ? label.dataset.narrow : label.dataset.wide;
  said.textContent = isWide ? bar.dataset.widened : bar.dataset.narrowed;
  void fetch(form.action, { method: 'POST', body: wish, headers: { accept: 'application/json' } }).catch(
    () => undefined, // the next page shows what was kept
  );
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  turn();
});
bar.addEventListener('click', (event) => {
  if (!event.target.closest('a, button, input')) turn();
});
