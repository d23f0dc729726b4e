// Says what a field lacks when one leaves it, in our words instead of the browser's; the server checks again.
import { hasWrongForm } from './checks.js';

const CHECKED = '[data-required], [data-check]';

for (const form of document.querySelectorAll('[data-validate]')) {
  form.noValidate = true;
  form.addEventListener('focusout', (event) => {
    if (event.target.matches(CHECKED) && event.target.dataset.touched) check(event.target);
  });
  form.addEventListener('input', (event) => {
    event.target.dataset.touched = 'yes';
    if (event.target.getAttribute('aria-invalid')) check(event.target);
  });
  form.addEventListener('submit', (event) => {
    if (event.submitter?.formNoValidate) return;
    const bad = [...form.querySelectorAll(CHECKED)].filter((field) => !check(field));
    if (bad.length === 0) return;
    event.preventDefault();
    bad[0].focus();
  });
}

function check(field) {
  const isMissing = field.value.trim() === '' && field.dataset.required !== undefined;
  const isWrong = hasWrongForm(field);
  const good = !isMissing && !isWrong;
  const error = document.getElementById(`${field.id}-error`);
  field.closest('.field').classList.toggle('field-bad', !good);
  if (good) field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
  error.hidden = good;
  error.querySelector('span').textContent = good
    ? ''
    : isWrong
      ? field.dataset.wrong
      : field.dataset.required;
  return good;
}
