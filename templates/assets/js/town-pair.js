// A county narrows the townships beside it; without this file all of them stand there under their counties, and the
// server takes one of the county alone.
for (const town of document.querySelectorAll('select[data-pair="town"]')) {
  const county = town.closest('.town-pair, form').querySelector('select[data-pair="county"]');
  if (!county) continue;
  const groups = [...town.querySelectorAll('optgroup')];

  const narrow = () => {
    const chosen = town.value;
    const shown = groups.filter((group) => county.value === '' || group.dataset.county === county.value);
    town.append(...shown);
    for (const group of groups) if (!shown.includes(group)) group.remove();
    town.value = chosen; // none, when it is of another county
    if (town.selectedIndex < 0) town.value = '';
  };

  county.addEventListener('change', narrow);
  town.addEventListener('change', () => {
    county.value = town.selectedOptions[0]?.closest('optgroup')?.dataset.county ?? county.value;
    narrow();
  });
  // what does not fit together was told by the server, and stays as it was typed
  const of = town.selectedOptions[0]?.closest('optgroup')?.dataset.county;
  if (of === undefined || of === county.value) narrow();
}
