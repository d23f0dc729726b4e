// What was typed on a page before an idle session ended, and how it comes back: never a password, code or file.
const PROVING = /password|one-time-code/;

/** Fields that somebody fills in. */
function fieldsIn(root) {
  return [...root.querySelectorAll('form[method=post] :is(input, select, textarea)[name]')].filter(
    (field) =>
      !['password', 'hidden', 'file', 'submit', 'button'].includes(field.type) &&
      !PROVING.test(field.autocomplete) &&
      !field.readOnly &&
      !field.disabled,
  );
}

function valueOf(field) {
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked ? [field.value] : [];
  if (field.multiple && field.selectedOptions) return [...field.selectedOptions].map(({ value }) => value);
  return [field.value];
}

/** The values by the fields' names. */
export function readTyped(root) {
  const typed = {};
  for (const field of fieldsIn(root)) typed[field.name] = [...(typed[field.name] ?? []), ...valueOf(field)];
  return typed;
}

function fill(root, typed) {
  let filled = 0;
  const left = new Map(Object.entries(typed).map(([name, values]) => [name, [...values]]));
  for (const field of fieldsIn(root)) {
    const values = left.get(field.name);
    if (!values) continue;
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if (field.multiple && field.options) {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else field.value = values.shift() ?? field.value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    filled += 1;
  }
  return filled;
}

/** After signing in again: fetches what was typed here, once, and says that it is back. */
export async function giveBack(keptUrl, said) {
  const here = new URL(location.href);
  if (!keptUrl || here.searchParams.get('kept') !== 'yes') return;
  here.searchParams.delete('kept');
  history.replaceState(history.state, '', here);
  const answer = await fetch(keptUrl, { method: 'POST' }).catch(() => undefined);
  if (answer?.status !== 200) return;
  const { path, fields } = await answer.json();
  if (path !== here.pathname + here.search || fill(document, fields) === 0) return;
  document.querySelector('main')?.prepend(said);
  said.hidden = false;
}
