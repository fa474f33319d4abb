// Runs that began while History is looked at: they come on top at once where that is seen; to somebody who
// reads further below, whose cards would move, they are offered.

/** @import { Card, Grid } from "./card_grid.js" */

export class Newer {
  /**
   * `shown()` is told when some came on top.
   * @param {HTMLElement} button
   * @param {Grid} grid
   * @param {() => unknown} shown
   */
  constructor(button, grid, shown) {
    this.button = button;
    this.grid = grid;
    this.shown = shown;
    /** @type {Map<string, Card>} */
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

  /**
   * Cards, newest first; one that was held back already is held as it is now.
   * @param {Card[]} cards
   */
  offer(cards) {
    if (!cards.length) return;
    const known = [...this.held.entries()].filter(([id]) => !cards.some((it) => it.dataset.run === id));
    this.held = new Map([...cards.map((it) => /** @type {[string, Card]} */ ([it.dataset.run, it])), ...known]);
    if (this.isTopSeen) this.show();
    this.tell();
  }

  /** @param {string} id */
  has(id) {
    return this.held.has(id);
  }

  show() {
    /** @param {Card} card */
    const made = (card) => Number(card.dataset.made);
    this.grid.prepend([...this.held.values()].toSorted((one, other) => made(other) - made(one)));
    this.held.clear();
    this.tell();
    this.shown();
  }

  /** @param {string[]} [ids] */
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
