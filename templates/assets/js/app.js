// Everything works without this file. Each page loads only the parts whose mark it carries.
const PARTS = {
  'form[method="post"]': './submit-once.js',
  '[data-error-summary]': './error-summary.js',
  '[data-validate]': './validate.js',
  '[data-unit-picker]': './unit-picker.js',
  '[data-reveal]': './password.js',
  '[data-password-rules]': './password-rules.js',
  '[data-captcha]': './captcha.js',
  '[data-acting]': './acting-account.js',
  '[data-idle-limit]': './idle.js',
  '[data-opens]': './dialog.js',
  '[data-passkey]': './passkey.js',
  '[data-hca]': './hca-card.js',
  '[data-fold-narrow]': './fold.js',
  '[data-submit-now]': './submit-now.js',
  '[data-notices]': './notices.js',
  '[data-bulk]': './bulk.js',
  '[data-export]': './export.js',
  '[data-refresh]': './refresh.js',
  '[data-review-keys]': './review-keys.js',
  '[data-record-form]': './record-form.js',
  '[data-function-search]': './function-search.js',
  '[data-window]': './work-window.js',
  '[data-print]': './print.js',
  '[data-pair]': './town-pair.js',
  '[data-live-check]': './live-check.js',
  '[data-unit-look-up]': './unit-look-up.js',
};

const marked = Object.keys(PARTS).filter((mark) => document.querySelector(mark));
await Promise.all(marked.map((mark) => import(PARTS[mark])));
document.documentElement.dataset.scripts = 'ready'; // for tests, which are faster than any hand
