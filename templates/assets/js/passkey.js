// Asks the browser for a passkey and sends its answer with the form. Without scripts, or in a browser without
// passkeys, the other ways of the page remain.
const supported =
  typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

for (const form of document.querySelectorAll('[data-passkey]')) {
  if (!supported) continue;
  const said = form.querySelector('[data-passkey-said]');
  form.hidden = false;
  for (const button of form.querySelectorAll('[data-passkey-button]')) button.hidden = false;
  for (const note of document.querySelectorAll('[data-passkey-missing]')) note.hidden = true;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(form, said);
  });
}

async function ask(form, said) {
  const button = form.querySelector('[type=submit]');
  button.disabled = true;
  said.hidden = true;
  try {
    const credential = await (form.dataset.passkey === 'create' ? create(form) : get(form));
    form.elements.response.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    said.textContent = form.dataset.failed;
    said.hidden = false;
    button.disabled = false;
  }
}

function create(form) {
  const options = JSON.parse(form.dataset.options);
  return navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
  });
}

async function get(form) {
  const response = await fetch(form.dataset.challenge, { method: 'POST' });
  if (!response.ok) throw new Error(`no challenge: ${response.status}`);
  const options = await response.json();
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
