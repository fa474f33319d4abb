// Which runs of History are selected, and the bar that tells what can be done with them.

import { within } from "../../../browser/drawing/elements.js";

/** @import { Card, Grid } from "./card_grid.js" */

export class Selection {
  /**
   * `actions` are functions of the selected ids, by the `data-do` of their button.
   * @param {HTMLElement} bar
   * @param {Grid} grid
   * @param {Record<string, (ids: string[]) => unknown>} actions
   */
  constructor(bar, grid, actions) {
    this.bar = bar;
    this.grid = grid;
    /** @type {Set<string>} */
    this.selected = new Set();
    /** @type {string | null} */
    this.last = null;
    bar.addEventListener("click", (event) => {
      const wish = within(event, "[data-do]")?.dataset.do;
      if (wish === "clear") this.clear();
      else if (wish) actions[wish]?.(this.ids);
    });
  }

  // In the order of the grid; what a filter hides stays selected and comes last.
  get ids() {
    const shown = this.grid.ids.filter((it) => this.selected.has(it));
    return [...new Set([...shown, ...this.selected])];
  }

  /** @param {Card} card @param {boolean} [isOn] */
  toggle(card, isOn = !this.selected.has(card.dataset.run)) {
    this.last = card.dataset.run;
    if (isOn) this.selected.add(card.dataset.run);
    else this.selected.delete(card.dataset.run);
    this.show();
  }

  /**
   * From the last one that was selected to this one.
   * @param {Card} card
   */
  reach(card) {
    const cards = this.grid.cards;
    const from = Math.max(0, cards.findIndex((it) => it.dataset.run === this.last));
    const [first, last] = [from, cards.indexOf(card)].toSorted((one, other) => one - other);
    for (const each of cards.slice(first, last + 1)) this.selected.add(each.dataset.run);
    this.show();
  }

  /** @param {string[]} ids */
  forget(ids) {
    for (const id of ids) this.selected.delete(id);
    this.show();
  }

  clear() {
    this.forget(this.ids);
  }

  show() {
    const count = this.selected.size;
    for (const card of this.grid.cards) {
      const isOn = this.selected.has(card.dataset.run);
      card.classList.toggle("selected", isOn);
      /** @type {HTMLInputElement} */ (card.querySelector(".pick input")).checked = isOn;
    }
    this.bar.hidden = !count;
    /** @type {HTMLElement} */ (this.bar.querySelector(".selection-count")).textContent = `${count} selected`;
    /** @type {HTMLButtonElement} */ (this.bar.querySelector("[data-do=compare]")).disabled = count < 2;
  }
}
