// Rules tick off as one types; the server decides.
const RULES = { length: /^.{12,}$/su, upper: /[A-Z]/, lower: /[a-z]/, digit: /\d/, special: /[*~!#^]/ };

for (const box of document.querySelectorAll('[data-password-rules]')) {
  const field = document.getElementById(box.dataset.passwordRules);
  const strength = box.querySelector('[data-strength]');
  field.addEventListener('input', () => {
    let met = 0;
    for (const item of box.querySelectorAll('[data-rule]')) {
      const good = RULES[item.dataset.rule].test(field.value);
      item.classList.toggle('met', good);
      met += Number(good);
    }
    const level = met < 5 ? 1 : [...field.value].length < 16 ? 2 : 3;
    strength.hidden = field.value === '';
    strength.dataset.level = level;
    const text = [strength.dataset.weak, strength.dataset.fair, strength.dataset.strong][level - 1];
    strength.querySelector('[data-strength-text]').textContent = text;
  });
}
