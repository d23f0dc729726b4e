// Everything works without this file. Each page loads only the parts whose mark it carries.
const PARTS = {
  '[data-error-summary]': './error-summary.js',
  '[data-validate]': './validate.js',
  '[data-reveal]': './password.js',
  '[data-password-rules]': './password-rules.js',
  '[data-captcha]': './captcha.js',
  '[data-acting]': './acting-account.js',
  '[data-idle-limit]': './idle.js',
  '[data-fold-narrow]': './fold.js',
};

for (const [mark, part] of Object.entries(PARTS)) {
  if (document.querySelector(mark)) void import(part);
}
