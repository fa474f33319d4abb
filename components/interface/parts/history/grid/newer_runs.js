// Runs that began while History is looked at: they come on top at once where that is seen; to somebody who
// reads further below, whose cards would move, they are offered.

export class Newer {
  // `shown()` is told when some came on top.
  constructor(button, grid, shown) {
    this.button = button;
    this.grid = grid;
    this.shown = shown;
    this.held = new Map();
    button.addEventListener("click", () => {
      const first = [...this.held.values()][0];
      this.show();
      first?.scrollIntoView({ block: "center" });
      this.grid.focus(first);
    });
    addEventListener("scroll", () => this.held.size && this.isTopSeen && this.show(), { passive: true });
  }

  get isTopSeen() {
    return this.grid.element.getBoundingClientRect().top >= 0;
  }

  // Cards, newest first; one that was held back already is held as it is now.
  offer(cards) {
    if (!cards.length) return;
    const known = [...this.held.entries()].filter(([id]) => !cards.some((it) => it.dataset.run === id));
    this.held = new Map([...cards.map((it) => [it.dataset.run, it]), ...known]);
    if (this.isTopSeen) this.show();
    this.tell();
  }

  has(id) {
    return this.held.has(id);
  }

  show() {
    const made = (card) => Number(card.dataset.made);
    this.grid.prepend([...this.held.values()].sort((one, other) => made(other) - made(one)));
    this.held.clear();
    this.tell();
    this.shown();
  }

  forget(ids = [...this.held.keys()]) {
    for (const id of ids) this.held.delete(id);
    this.tell();
  }

  tell() {
    const count = this.held.size;
    this.button.hidden = !count;
    this.button.textContent = `${count} new run${count === 1 ? "" : "s"} above`;
  }
}
