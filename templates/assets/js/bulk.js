// The bar of bulk deeds appears with the first tick and says how many there are.
for (const form of document.querySelectorAll('[data-bulk]')) {
  const bar = form.querySelector('.bulk-bar');
  const said = form.querySelector('[data-bulk-count]');
  const all = document.createElement('input');
  all.type = 'checkbox';
  all.setAttribute('aria-label', form.querySelector('thead .tick').textContent.trim());
  form.querySelector('thead .tick').replaceChildren(all);
  const boxes = () => [...form.querySelectorAll('tbody input[name="id"]')];

  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    bar.hidden = ticked === 0;
    said.textContent = said.dataset.bulkText.replace('{count}', ticked);
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener('change', () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  form.addEventListener('change', show);
  show();
}
