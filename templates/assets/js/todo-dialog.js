// What waits stands in the page without scripts; with them it is asked for before the page.
const dialog = document.querySelector('[data-todo-dialog]');
dialog.close();
dialog.showModal();
