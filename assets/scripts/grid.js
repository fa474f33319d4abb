// The cards of History: put in place, kept current, and walked through by keys.

import { fragment } from "./server.js";

const CONTROLS = "button, input";
const drawn = new WeakMap();

const middle = (card) => card.offsetLeft + card.offsetWidth / 2;

export class Grid {
  constructor(element) {
    this.element = element;
    element.addEventListener("focusin", (event) => this.mark(event.target.closest(".history-card")));
  }

  get cards() {
    return [...this.element.querySelectorAll(".history-card")];
  }

  get ids() {
    return this.cards.map((it) => it.dataset.run);
  }

  get older() {
    return this.element.querySelector("[data-cursor]");
  }

  card(id) {
    return this.element.querySelector(`[data-run="${CSS.escape(id)}"]`);
  }

  // All anew, or further runs in the place of the button that asked for them.
  put(html, isMore) {
    const content = fragment(html);
    const fresh = [...content.querySelectorAll(".history-card")];
    for (const card of fresh) drawn.set(card, card.outerHTML);
    const hadFocus = this.element.contains(document.activeElement);
    const focused = hadFocus ? document.activeElement.closest("[data-run]")?.dataset.run : null;
    if (isMore) this.older?.replaceWith(content);
    else this.element.replaceChildren(content);
    this.mark((focused && this.card(focused)) || (isMore && hadFocus && fresh[0]) || this.current);
    if (hadFocus) this.focus(this.current);
  }

  // Cards that are shown already, as they are now.
  refresh(html) {
    for (const fresh of fragment(html).querySelectorAll(".history-card")) {
      const old = this.card(fresh.dataset.run);
      if (!old || drawn.get(old) === fresh.outerHTML) continue;
      drawn.set(fresh, fresh.outerHTML);
      const focused = [...old.querySelectorAll(CONTROLS)].indexOf(document.activeElement);
      const isMarked = old === this.current;
      old.replaceWith(fresh);
      if (isMarked) this.mark(fresh);
      if (focused >= 0) fresh.querySelectorAll(CONTROLS)[focused]?.focus();
    }
  }

  drop(ids) {
    const cards = this.cards;
    const going = ids.map((id) => this.card(id)).filter(Boolean);
    const hadFocus = going.some((it) => it.contains(document.activeElement));
    const from = cards.indexOf(going.at(-1));
    const next = [...cards.slice(from), ...cards.slice(0, from).reverse()].find((it) => !going.includes(it));
    for (const card of going) card.remove();
    if (!going.includes(this.current)) this.mark(next);
    if (hadFocus) this.focus(next);
  }

  // One card takes part in tabbing through the page; the arrow keys lead to the others.
  mark(card) {
    if (!card) return;
    for (const control of this.element.querySelectorAll('.history-card [tabindex="0"]')) control.tabIndex = -1;
    for (const control of card.querySelectorAll(CONTROLS)) control.tabIndex = 0;
  }

  get current() {
    const marked = this.element.querySelector('.history-card [tabindex="0"]');
    return marked?.closest(".history-card") ?? this.cards[0];
  }

  focus(card) {
    card?.querySelector(".history-open").focus();
  }

  // The card that a key leads to.
  reached(card, key) {
    const cards = this.cards;
    const at = cards.indexOf(card);
    const rows = {
      ArrowUp: cards.slice(0, at).reverse().filter((it) => it.offsetTop < card.offsetTop),
      ArrowDown: cards.slice(at).filter((it) => it.offsetTop > card.offsetTop),
    };
    if (rows[key]) {
      const row = rows[key].filter((it) => it.offsetTop === rows[key][0].offsetTop);
      const distance = (it) => Math.abs(middle(it) - middle(card));
      return row.sort((one, other) => distance(one) - distance(other))[0];
    }
    return { ArrowLeft: cards[at - 1], ArrowRight: cards[at + 1], Home: cards[0], End: cards.at(-1) }[key];
  }
}
