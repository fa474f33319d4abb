// The cards of History: put in place, kept current, and walked through by keys.

import { tick } from "../../../browser/drawing/clocks.js";
import { all, within } from "../../../browser/drawing/elements.js";
import { patch } from "../../../browser/drawing/patch.js";
import { fragment } from "../../../browser/server/server.js";

/** @typedef {HTMLElement & { dataset: DOMStringMap & { run: string } }} Card */

const CONTROLS = "button, input";
/** @type {WeakMap<Card, string>} */
const drawn = new WeakMap();
/**
 * Its age moves on by itself.
 * @param {Card} card
 */
const drawnAs = (card) => card.outerHTML.replace(/<span data-age-s.*?<\/span>/, "");

/** @param {Card} card */
const middle = (card) => card.offsetLeft + card.offsetWidth / 2;

export class Grid {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    element.addEventListener("focusin", (event) =>
      this.mark(/** @type {Card | null} */ (within(event, ".history-card"))));
  }

  get cards() {
    return /** @type {Card[]} */ (all(this.element, ".history-card"));
  }

  get ids() {
    return this.cards.map((it) => it.dataset.run);
  }

  // How many there are on all pages; a capped count says that there are at least as many.
  get total() {
    const place = /** @type {HTMLElement | null} */ (this.element.querySelector("[data-total]"));
    return Number(place?.dataset.total ?? 0);
  }

  set total(count) {
    const place = /** @type {HTMLElement | null} */ (this.element.querySelector("[data-total]"));
    if (place) place.dataset.total = String(count);
  }

  get isCapped() {
    return Boolean(this.element.querySelector("[data-total][data-capped]"));
  }

  get older() {
    return /** @type {HTMLElement | null} */ (this.element.querySelector("[data-cursor]"));
  }

  /** @param {string} id */
  card(id) {
    return /** @type {Card | null} */ (this.element.querySelector(`[data-run="${CSS.escape(id)}"]`));
  }

  /**
   * All anew, or further runs in the place of the button that asked for them.
   * @param {string} html
   * @param {boolean} isMore
   */
  put(html, isMore) {
    const content = fragment(html);
    tick(content);
    const fresh = /** @type {Card[]} */ (all(content, ".history-card"));
    for (const card of fresh) drawn.set(card, drawnAs(card));
    const hadFocus = this.element.contains(document.activeElement);
    const focused = hadFocus
      ? /** @type {Card | null | undefined} */ (document.activeElement?.closest("[data-run]"))?.dataset.run
      : null;
    if (isMore) this.older?.replaceWith(content);
    else this.element.replaceChildren(content);
    this.mark((focused && this.card(focused)) || (isMore && hadFocus && fresh[0]) || this.current);
    if (hadFocus) this.focus(this.current);
  }

  /**
   * Cards as they are now, of the runs that were asked for: known ones are brought up to date, others put
   * where they belong by their age. Tells of those that are newer than all, and of those that are gone.
   * @param {string} html
   * @param {string[]} ids
   */
  merge(html, ids) {
    /** @type {Card[]} */
    const newer = [];
    const content = fragment(html);
    tick(content);
    const { current } = this;
    const cards = /** @type {Card[]} */ (all(content, ".history-card"));
    const gone = ids.filter((id) => !cards.some((it) => it.dataset.run === id));
    for (const fresh of cards) {
      const old = this.card(fresh.dataset.run);
      if (old) this.update(old, fresh);
      else if (!this.insert(fresh)) newer.push(fresh);
    }
    this.mark(current);
    return { newer, gone };
  }

  /** @param {Card} old @param {Card} fresh */
  update(old, fresh) {
    const now = drawnAs(fresh);
    if (drawn.get(old) === now) return;
    drawn.set(old, now);
    patch(old, fresh);
  }

  /**
   * Among the cards that are listed; one that is older than all of them is on a later page.
   * @param {Card} fresh
   */
  insert(fresh) {
    const { cards } = this;
    const next = cards.find((it) => Number(it.dataset.made) < Number(fresh.dataset.made));
    if (next === cards[0]) return false;
    drawn.set(fresh, drawnAs(fresh));
    if (next) next.before(fresh);
    else if (!this.older) /** @type {Card} */ (cards.at(-1)).after(fresh);
    if (fresh.isConnected) this.total += 1;
    return true;
  }

  /** @param {Card[]} cards */
  prepend(cards) {
    const { current } = this;
    for (const card of cards) drawn.set(card, drawnAs(card));
    this.element.prepend(...cards);
    this.total += cards.length;
    this.mark(current);
  }

  /** @param {string[]} ids */
  drop(ids) {
    const cards = this.cards;
    const going = ids.map((id) => this.card(id)).filter((it) => it !== null);
    const hadFocus = going.some((it) => it.contains(document.activeElement));
    const from = cards.indexOf(/** @type {Card} */ (going.at(-1)));
    const next = [...cards.slice(from), ...cards.slice(0, from).toReversed()].find((it) => !going.includes(it));
    for (const card of going) card.remove();
    this.total -= going.length;
    if (!going.includes(/** @type {Card} */ (this.current))) this.mark(next);
    if (hadFocus) this.focus(next);
  }

  /**
   * One card takes part in tabbing through the page; the arrow keys lead to the others.
   * @param {Card | null | undefined} card
   */
  mark(card) {
    if (!card) return;
    for (const control of all(this.element, '.history-card [tabindex="0"]')) control.tabIndex = -1;
    for (const control of all(card, CONTROLS)) control.tabIndex = 0;
  }

  /** @returns {Card | undefined} */
  get current() {
    const marked = this.element.querySelector('.history-card [tabindex="0"]');
    return /** @type {Card | null | undefined} */ (marked?.closest(".history-card")) ?? this.cards[0];
  }

  /** @param {Card | null | undefined} card */
  focus(card) {
    if (card) /** @type {HTMLElement} */ (card.querySelector(".history-open")).focus();
  }

  /**
   * The card that a key leads to.
   * @param {Card} card
   * @param {string} key
   */
  reached(card, key) {
    const cards = this.cards;
    const at = cards.indexOf(card);
    /** @type {Record<string, Card[]>} */
    const rows = {
      ArrowUp: cards.slice(0, at).toReversed().filter((it) => it.offsetTop < card.offsetTop),
      ArrowDown: cards.slice(at).filter((it) => it.offsetTop > card.offsetTop),
    };
    if (rows[key]) {
      const row = rows[key].filter((it) => it.offsetTop === rows[key][0].offsetTop);
      /** @param {Card} it */
      const distance = (it) => Math.abs(middle(it) - middle(card));
      return row.toSorted((one, other) => distance(one) - distance(other))[0];
    }
    /** @type {Record<string, Card | undefined>} */
    const others = { ArrowLeft: cards[at - 1], ArrowRight: cards[at + 1], Home: cards[0], End: cards.at(-1) };
    return others[key];
  }
}
