// The cards of History: put in place, kept current, and walked through by keys.

import { tick } from "../../../browser/drawing/clocks.js";
import { patch } from "../../../browser/drawing/patch.js";
import { fragment } from "../../../browser/server/server.js";

const CONTROLS = "button, input";
const drawn = new WeakMap();
// Its age moves on by itself.
const drawnAs = (card) => card.outerHTML.replace(/<span data-age-s.*?<\/span>/, "");

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

  // How many there are on all pages; a capped count says that there are at least as many.
  get total() {
    return Number(this.element.querySelector("[data-total]")?.dataset.total ?? 0);
  }

  set total(count) {
    const place = this.element.querySelector("[data-total]");
    if (place) place.dataset.total = count;
  }

  get isCapped() {
    return Boolean(this.element.querySelector("[data-total][data-capped]"));
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
    tick(content);
    const fresh = [...content.querySelectorAll(".history-card")];
    for (const card of fresh) drawn.set(card, drawnAs(card));
    const hadFocus = this.element.contains(document.activeElement);
    const focused = hadFocus ? document.activeElement.closest("[data-run]")?.dataset.run : null;
    if (isMore) this.older?.replaceWith(content);
    else this.element.replaceChildren(content);
    this.mark((focused && this.card(focused)) || (isMore && hadFocus && fresh[0]) || this.current);
    if (hadFocus) this.focus(this.current);
  }

  // Cards as they are now, of the runs that were asked for: known ones are brought up to date, others put
  // where they belong by their age. Tells of those that are newer than all, and of those that are gone.
  merge(html, ids) {
    const newer = [];
    const content = fragment(html);
    tick(content);
    const { current } = this;
    const cards = [...content.querySelectorAll(".history-card")];
    const gone = ids.filter((id) => !cards.some((it) => it.dataset.run === id));
    for (const fresh of cards) {
      const old = this.card(fresh.dataset.run);
      if (old) this.update(old, fresh);
      else if (!this.insert(fresh)) newer.push(fresh);
    }
    this.mark(current);
    return { newer, gone };
  }

  update(old, fresh) {
    const now = drawnAs(fresh);
    if (drawn.get(old) === now) return;
    drawn.set(old, now);
    patch(old, fresh);
  }

  // Among the cards that are listed; one that is older than all of them is on a later page.
  insert(fresh) {
    const { cards } = this;
    const next = cards.find((it) => Number(it.dataset.made) < Number(fresh.dataset.made));
    if (next === cards[0]) return false;
    drawn.set(fresh, drawnAs(fresh));
    if (next) next.before(fresh);
    else if (!this.older) cards.at(-1).after(fresh);
    if (fresh.isConnected) this.total += 1;
    return true;
  }

  prepend(cards) {
    const { current } = this;
    for (const card of cards) drawn.set(card, drawnAs(card));
    this.element.prepend(...cards);
    this.total += cards.length;
    this.mark(current);
  }

  drop(ids) {
    const cards = this.cards;
    const going = ids.map((id) => this.card(id)).filter(Boolean);
    const hadFocus = going.some((it) => it.contains(document.activeElement));
    const from = cards.indexOf(going.at(-1));
    const next = [...cards.slice(from), ...cards.slice(0, from).reverse()].find((it) => !going.includes(it));
    for (const card of going) card.remove();
    this.total -= going.length;
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
