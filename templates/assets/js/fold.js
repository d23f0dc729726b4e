// On a narrow screen the menu starts folded, so that the page itself comes first.
if (matchMedia('(max-width: 860px)').matches) {
  for (const fold of document.querySelectorAll('[data-fold-narrow]')) fold.open = false;
}
