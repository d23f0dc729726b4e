// Asks a field only while the answer it hangs on is given; the server leaves out what was not asked.
const form = document.querySelector('[data-record-form]');
const dependent = [...form.querySelectorAll('[data-when]')].map((field) => {
  const [name, values] = field.dataset.when.split('=');
  return { field, name, values: values.split('|') };
});

function answersOf(name) {
  return new FormData(form).getAll(name).map(String);
}

function show() {
  for (const { field, name, values } of dependent) {
    field.hidden = !answersOf(name).some((answer) => values.includes(answer));
  }
}

form.addEventListener('change', show);
show();
