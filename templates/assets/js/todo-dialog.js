// What waits stands in the page without scripts. With them it is asked for before the page: this runs right where it
// stands, before any field that follows can be typed in, and never over one above it that is being typed in already.
const dialog = document.querySelector('[data-todo-dialog]');
const isTyping = document.activeElement?.matches('input, select, textarea') ?? false;
dialog.close();
if (!isTyping) dialog.showModal();
