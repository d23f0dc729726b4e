// The person has decided on the page before: the button stays for whoever has no scripts.
const form = document.querySelector('[data-submit-now]');
form.requestSubmit(form.querySelector('button[type="submit"]'));
