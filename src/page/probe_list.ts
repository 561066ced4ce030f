/** Search and sort of the probes on the page, which stay as they are when the numbers are refreshed. */
export class ProbeList {
  readonly #section: HTMLElement;
  readonly #search: HTMLInputElement;
  #order: { readonly column: string; readonly isAscending: boolean } | undefined;

  constructor(section: HTMLElement) {
    this.#section = section;
    this.#search = section.querySelector<HTMLInputElement>('#search')!;
    this.#search.hidden = false;
    this.#search.addEventListener('input', () => this.#filter());
    this.#makeButtons();
    // A link of a problem may lead to a folded row.
    addEventListener('hashchange', () => this.#unfold());
    this.#unfold();
  }

  /** Takes over the tables of the same section of a newer page. */
  refresh(fresh: HTMLElement): void {
    // Somebody walks through them with the keyboard and would have to begin anew.
    if (this.#section.querySelector('table :focus, details :focus') !== null) return;
    const isOpen = this.#fold?.open ?? false;
    for (const old of this.#section.querySelectorAll(':scope > table, :scope > details')) old.remove();
    this.#section.append(...fresh.querySelectorAll(':scope > table, :scope > details'));
    if (this.#fold) this.#fold.open = isOpen;
    this.#makeButtons();
    this.#sort();
    this.#filter();
  }

  get #fold(): HTMLDetailsElement | null {
    return this.#section.querySelector('details');
  }

  #filter(): void {
    const term = this.#search.value.trim().toLowerCase();
    for (const row of this.#section.querySelectorAll<HTMLElement>('tbody'))
      row.hidden = term !== '' && !row.textContent!.toLowerCase().includes(term);
    if (this.#fold && term !== '') this.#fold.open = true;
  }

  #makeButtons(): void {
    for (const heading of this.#section.querySelectorAll<HTMLElement>('th[data-sort]')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener('click', () => this.#sortBy(heading.dataset.sort!));
    }
  }

  /** Names ascend first, numbers descend first; a second time turns it round. */
  #sortBy(column: string): void {
    const isAscending = this.#order?.column === column ? !this.#order.isAscending : isText(column);
    this.#order = { column, isAscending };
    this.#sort();
  }

  /** All tables are sorted alike. */
  #sort(): void {
    if (this.#order === undefined) return;
    const { column, isAscending } = this.#order;
    for (const heading of this.#section.querySelectorAll<HTMLElement>('th[data-sort]')) {
      if (heading.dataset.sort === column) heading.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
      else heading.removeAttribute('aria-sort');
    }
    for (const table of this.#section.querySelectorAll('table')) {
      const rows = [...table.tBodies];
      rows.sort((a, b) => compare(a.dataset[column]!, b.dataset[column]!, isText(column)) * (isAscending ? 1 : -1));
      table.append(...rows);
    }
  }

  #unfold(): void {
    const row = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (this.#fold === null || row === null || !this.#fold.contains(row)) return;
    this.#fold.open = true;
    row.scrollIntoView();
  }
}

function isText(column: string): boolean {
  return column === 'name' || column === 'state';
}

function compare(a: string, b: string, asText: boolean): number {
  return asText ? (a < b ? -1 : a > b ? 1 : 0) : Number(a) - Number(b);
}
