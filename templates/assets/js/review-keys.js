// One key for each step of a review: J and K to the next and the one before, A and R to the two decisions.
const KEYS = { j: 'next', k: 'previous', a: 'approve', r: 'return' };
const TYPING = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]';

document.addEventListener('keydown', (event) => {
  const name = KEYS[event.key.toLowerCase()];
  if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(TYPING) || document.querySelector('dialog[open]')) return;
  const target = document.querySelector(`[data-review-keys] [data-key="${name}"], a[data-key="${name}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches('a')) location.assign(target.href);
  else {
    if (target.matches('[type="radio"], [type="checkbox"]')) target.click();
    target.focus(); // a decision is confirmed with Enter
  }
});
