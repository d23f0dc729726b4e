// Show and hide what is typed; say when Caps Lock is on.
for (const button of document.querySelectorAll('[data-reveal]')) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (shown) => {
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  button.hidden = false;
  button.addEventListener('click', () => show(field.type === 'password'));
  // a password manager and the browser's own memory must see a password field
  field.form.addEventListener('submit', () => show(false));
}

for (const note of document.querySelectorAll('[data-caps-lock]')) {
  const field = document.getElementById(note.dataset.capsLock);
  const look = (event) => {
    note.hidden = !event.getModifierState?.('CapsLock');
  };
  field.addEventListener('keydown', look);
  field.addEventListener('keyup', look);
  field.addEventListener('blur', () => (note.hidden = true));
}
