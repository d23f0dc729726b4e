// One notice at a time, turned by hand: nothing moves by itself. Without scripts all of them are listed.
const root = document.querySelector('[data-notices]');
const lines = [...root.querySelectorAll('li')];
const place = root.querySelector('[data-notices-place]');
const said = root.querySelector('[data-notices-said]');
let shown = 0;

function show(at) {
  shown = (at + lines.length) % lines.length;
  lines.forEach((line, index) => (line.hidden = index !== shown));
  place.textContent = `${shown + 1}/${lines.length}`;
}

function turn(by) {
  show(shown + by);
  said.textContent = lines[shown].textContent;
}

if (lines.length > 1) {
  root.querySelector('[data-notices-turn]').hidden = false;
  root.querySelector('[data-notices-previous]').addEventListener('click', () => turn(-1));
  root.querySelector('[data-notices-next]').addEventListener('click', () => turn(1));
  show(0);
}
