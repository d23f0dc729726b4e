// Rules tick off as one types; the server decides.
const RULES = {
  length: (text) => [...text].length >= 12,
  upper: (text) => /[A-Z]/.test(text),
  lower: (text) => /[a-z]/.test(text),
  digit: (text) => /\d/.test(text),
  special: (text) => /[*~!#^]/.test(text),
  passphrase: (text) => [...text].length >= 15,
  repetition: (text) => text !== '' && !/^(.{1,4})\1+.{0,3}$/su.test(text.toLowerCase()),
  run: (text) => text !== '' && !hasRun(text),
};

/** Three equal characters in a row, or three digits that count up or down by one. */
function hasRun(text) {
  return [...text].some((character, at, all) => {
    const [first, second] = [all[at - 2], all[at - 1]];
    if (first === character && second === character) return true;
    if (!/^\d{3}$/.test(`${first}${second}${character}`)) return false;
    return Math.abs(second - first) === 1 && character - second === second - first;
  });
}

/** How strong a password is that keeps the rules: 2 or 3; a run makes one of the composed kind weak. */
function levelOf(text, rules) {
  if (rules === 'nist') return [...text].length >= 20 ? 3 : 2;
  if (hasRun(text)) return 1;
  return isStrong(text) ? 3 : 2;
}

function isStrong(text) {
  const count = (pattern) => text.match(pattern)?.length ?? 0;
  return [...text].length >= 14 && (count(/[*~!#^]/g) >= 2 || count(/\d/g) >= 3);
}

for (const box of document.querySelectorAll('[data-password-rules]')) {
  const field = document.getElementById(box.dataset.passwordRules);
  const strength = box.querySelector('[data-strength]');
  const items = [...box.querySelectorAll('[data-rule]')];
  field.addEventListener('input', () => {
    const text = field.value;
    for (const item of items) item.classList.toggle('met', RULES[item.dataset.rule](text));
    const isKept = items.every((item) => item.classList.contains('met'));
    const level = isKept ? levelOf(text, box.dataset.rules) : 1;
    strength.hidden = text === '';
    strength.dataset.level = level;
    const label = [strength.dataset.weak, strength.dataset.fair, strength.dataset.strong][level - 1];
    strength.querySelector('[data-strength-text]').textContent = label;
  });
}
