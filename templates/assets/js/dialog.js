// A link marked with the id of a dialog opens it instead of the page that asks the same.
for (const link of document.querySelectorAll('[data-opens]')) {
  const dialog = document.getElementById(link.dataset.opens);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
}
