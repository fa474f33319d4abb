// The runs a tab shows, newest first: followed until they end, each with a card of its own.

import { all, within } from "../../browser/drawing/elements.js";
import { arriving } from "./decoding.js";
import { showInTitle, speakOf, tellEnd } from "../../browser/drawing/notifications.js";
import { isStill } from "../../browser/drawing/autoplay.js";
import { listenToCards } from "./card/card_actions.js";
import { tick } from "../../browser/drawing/clocks.js";
import { hear, inTurn, started, toldSince, toldSoFar } from "../../browser/server/live_updates.js";
import { patch } from "../../browser/drawing/patch.js";
import { keepShown, keyOfShown, shownRuns, tellSpending } from "../../browser/navigation/navigation.js";
import { fragment, get } from "../../browser/server/server.js";
import { tellTimes } from "../../browser/drawing/local_times.js";

/** @import { RunCard } from "./card/card_actions.js" */
/** @import { News } from "../../browser/server/live_updates.js" */
/** @import { Values } from "../../browser/server/wire" */

/** @typedef {RunCard & { drawnMs: number }} Card */

const MOST_AT_ONCE = 24;
// What is under way is looked at now and then even if nobody told of a change.
const LOOK_AGAIN_MS = 60_000;
const TITLE_CHARS = 60;

export class Feed {
  /**
   * `name` is the form's; the form itself is told what to be filled with.
   * @param {HTMLElement} element
   * @param {string} name
   */
  constructor(element, name) {
    this.element = element;
    this.name = name;
    /** @type {{ fill: (values: Values) => unknown } | null} */
    this.form = null;
    /** @type {Set<Card>} */
    this.ending = new Set();
    /** @type {Set<string>} */
    this.missing = new Set();
    listenToCards(element, {
      put: (html) => this.put(html),
      show: (html) => this.show(html),
      fill: (_, values) => this.form?.fill(values),
    });
    element.addEventListener("click", (event) => {
      const opened = within(event, "[data-open]");
      if (opened) this.open(/** @type {string} */ (opened.dataset.open));
    });
    this.look = inTurn((ids) => this.fetch(ids), MOST_AT_ONCE);
    hear(element, (news) => this.look(this.concerned(news)));
    this.begunElsewhere();
    this.restore();
    this.followTime();
  }

  /** @param {string} id */
  card(id) {
    return /** @type {Card | null} */ (this.element.querySelector(`[data-run="${CSS.escape(id)}"]`));
  }

  get cards() {
    return /** @type {Card[]} */ (all(this.element, "[data-run]"));
  }

  /** @param {string} id */
  titleOf(id) {
    return this.card(id)?.querySelector(".asked")?.textContent.slice(0, TITLE_CHARS);
  }

  async restore() {
    await started;
    this.look(shownRuns(this.name));
  }

  // Runs that another tab of this browser began come on top here, too.
  begunElsewhere() {
    /** @param {StorageEvent} event */
    const heard = ({ key }) => {
      if (!this.element.isConnected) return removeEventListener("storage", heard);
      if (key === keyOfShown(this.name)) this.look(shownRuns(this.name).filter((id) => !this.card(id)));
    };
    addEventListener("storage", heard);
  }

  /**
   * What is shown of a change: a plan's card shows its runs, too.
   * @param {News} news
   */
  concerned(news) {
    /** @param {Card} card */
    const isConcerned = (card) =>
      news.has(card.dataset.run) || all(card, "[data-open]").some((it) => news.has(it.dataset.open ?? ""));
    return this.cards.filter(isConcerned).map((it) => it.dataset.run);
  }

  /**
   * Known cards are brought up to date, those that are gone out of sight, others put where they belong.
   * @param {string[]} ids
   */
  async fetch(ids) {
    const known = toldSoFar();
    /** @type {string} */
    const html = await get(`/cards?ids=${ids.map(encodeURIComponent).join(",")}`);
    const told = /** @type {Card[]} */ (all(fragment(html), ".run-card")).map((it) => it.dataset.run);
    this.put(html);
    for (const id of ids) this.missing.add(id);
    for (const id of told) this.missing.delete(id);
    this.cover(ids, true);
    this.cover(told, false);
    this.keep();
    this.look(this.concerned(toldSince(known)));
  }

  /**
   * Cards as HTML: a known one is brought up to date, another stands where the list has it, or on top.
   * @param {string} html
   * @param {boolean} [onTop]
   */
  put(html, onTop = false) {
    const content = fragment(html);
    tellTimes(content);
    tick(content);
    const order = shownRuns(this.name);
    const cards = /** @type {Card[]} */ (all(content, ".run-card"));
    for (const fresh of onTop ? cards.toReversed() : cards) {
      const old = this.card(fresh.dataset.run);
      if (old) this.update(old, fresh);
      else if (onTop) this.element.prepend(fresh);
      else this.insert(fresh, order);
      (old ?? fresh).drawnMs = performance.now();
    }
    if (cards.length) this.element.querySelector(".feed-empty")?.remove();
    if (onTop) this.keep();
    showInTitle();
  }

  /** @param {Card} fresh @param {string[]} order */
  insert(fresh, order) {
    const later = order.slice(order.indexOf(fresh.dataset.run) + 1).map((id) => this.card(id));
    const next = order.includes(fresh.dataset.run) ? later.find(Boolean) : null;
    this.element.insertBefore(fresh, next ?? null);
  }

  /** @param {Card} old @param {Card} fresh */
  update(old, fresh) {
    const hasEnded = old.hasAttribute("data-active") && !fresh.hasAttribute("data-active");
    if (hasEnded) this.end(old, fresh);
    else patch(old, fresh);
  }

  /** @param {Card} old @param {Card} fresh */
  async end(old, fresh) {
    if (this.ending.has(old)) return;
    this.ending.add(old);
    await arriving(fresh);
    this.ending.delete(old);
    // A copy: a clip that lay outside of the page too long is never loaded.
    patch(old, document.importNode(fresh, true));
    showInTitle();
    tellEnd(old);
    tellSpending();
  }

  // Those that are listed, by another tab, too, and not here yet stay listed.
  keep() {
    const shown = this.cards.map((it) => it.dataset.run);
    const awaited = shownRuns(this.name).filter((id) => !shown.includes(id) && !this.missing.has(id));
    keepShown(this.name, [...awaited, ...shown]);
  }

  /**
   * Deleted runs are out of sight, for as long as they may come back.
   * @param {string[]} ids
   * @param {boolean} isGone
   */
  cover(ids, isGone) {
    for (const card of ids.map((id) => this.card(id)).filter((it) => it !== null)) card.hidden = isGone;
  }

  /**
   * A run begins or is opened: on a phone it is far below the button, so it comes into view.
   * @param {string} html
   */
  show(html) {
    const id = /** @type {Card | null} */ (fragment(html).querySelector(".run-card"))?.dataset.run;
    const old = id && this.card(id);
    if (old) this.element.prepend(old);
    this.put(html, true);
    if (!old && id) speakOf(/** @type {Card} */ (this.card(id)));
    tellSpending();
    if (id) this.bringIntoView(/** @type {Card} */ (this.card(id)));
  }

  /** @param {Card} card */
  bringIntoView(card) {
    const { top } = card.getBoundingClientRect();
    const isSeen = top >= Math.max(0, this.element.getBoundingClientRect().top) - 1 && top < window.innerHeight - 200;
    const behavior = isStill() ? "auto" : "smooth";
    if (!isSeen) card.scrollIntoView({ behavior, block: "start" });
  }

  /** @param {string} id */
  async open(id) {
    this.show(await get(`/cards?ids=${encodeURIComponent(id)}`).catch(() => ""));
  }

  // The words of a card may change with the time alone: it says when to look.
  followTime() {
    /** @param {Card} card */
    const isDue = (card) => {
      const inMs = card.dataset.lookInS ? 1000 * Number(card.dataset.lookInS) : LOOK_AGAIN_MS;
      return performance.now() - card.drawnMs > inMs;
    };
    const due = this.cards.filter((it) => it.matches("[data-active]") && isDue(it));
    if (due.length && !document.hidden) this.look(due.map((it) => it.dataset.run));
    if (this.element.isConnected) setTimeout(() => this.followTime(), 1000);
  }
}
