/** Search and sort of the probes on the page. */
export function activateProbeList(section: HTMLElement): void {
  const search = section.querySelector<HTMLInputElement>('#search')!;
  const fold = section.querySelector('details');
  search.hidden = false;
  search.addEventListener('input', () => {
    const term = search.value.trim().toLowerCase();
    for (const row of section.querySelectorAll<HTMLElement>('tbody'))
      row.hidden = term !== '' && !row.textContent!.toLowerCase().includes(term);
    if (fold && term !== '') fold.open = true;
  });
  for (const heading of section.querySelectorAll<HTMLElement>('th[data-sort]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => sortBy(section, heading.dataset.sort!));
  }
  // A link of a problem may lead to a folded row.
  addEventListener('hashchange', () => unfold(fold));
  unfold(fold);
}

function unfold(fold: HTMLDetailsElement | null): void {
  const row = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  if (fold === null || row === null || !fold.contains(row)) return;
  fold.open = true;
  row.scrollIntoView();
}

/** Names ascend first, numbers descend first; a second time turns it round. All tables are sorted alike. */
function sortBy(section: HTMLElement, column: string): void {
  const headings = [...section.querySelectorAll<HTMLElement>('th[data-sort]')];
  const own = headings.filter(({ dataset }) => dataset.sort === column);
  const isText = column === 'name' || column === 'state';
  const before = own[0]!.getAttribute('aria-sort');
  const isAscending = before === null ? isText : before === 'descending';
  for (const heading of headings) heading.removeAttribute('aria-sort');
  for (const heading of own) heading.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
  for (const table of section.querySelectorAll('table')) {
    const rows = [...table.tBodies];
    rows.sort((a, b) => compare(a.dataset[column]!, b.dataset[column]!, isText) * (isAscending ? 1 : -1));
    table.append(...rows);
  }
}

function compare(a: string, b: string, isText: boolean): number {
  return isText ? (a < b ? -1 : a > b ? 1 : 0) : Number(a) - Number(b);
}
