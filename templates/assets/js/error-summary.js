// What went wrong is heard and seen first; its links lead into the fields.
document.querySelector('[data-error-summary]')?.focus();
