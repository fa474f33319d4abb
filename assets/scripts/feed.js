// The runs a tab shows, newest first: followed until they end, each with a card of its own.

import { arriving } from "./arriving.js";
import { showInTitle, speakOf, tellEnd } from "./attention.js";
import { listenToCards } from "./card_actions.js";
import { patch } from "./patch.js";
import { keepShown, shownRuns, tellSpending } from "./places.js";
import { fragment, get } from "./server.js";
import { tellTimes } from "./times.js";

const LOOK_MS = 1000;
const LOOK_HIDDEN_MS = 5000;

const clockText = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

setInterval(() => {
  for (const node of document.querySelectorAll("[data-elapsed-s]")) {
    if (node.counted !== node.dataset.elapsedS) {
      node.counted = node.dataset.elapsedS;
      node.sinceMs = performance.now() - 1000 * Number(node.counted);
    }
    node.textContent = clockText((performance.now() - node.sinceMs) / 1000);
  }
}, 500);

export class Feed {
  // `name` is the form's; the form itself is told what to be filled with.
  constructor(element, name) {
    this.element = element;
    this.name = name;
    this.ending = new Set();
    listenToCards(element, {
      put: (html) => this.put(html),
      show: (html) => this.show(html),
      fill: (_, values) => this.form.fill(values),
    });
    element.addEventListener("click", ({ target }) => {
      const opened = target.closest("[data-open]");
      if (opened) this.open(opened.dataset.open);
    });
    this.restore();
    this.follow();
  }

  card(id) {
    return this.element.querySelector(`[data-run="${CSS.escape(id)}"]`);
  }

  async restore() {
    const ids = shownRuns(this.name);
    if (ids.length) this.put(await get(`/cards?ids=${ids.join(",")}`).catch(() => ""));
  }

  // Cards as HTML: a known one is brought up to date, another comes on top.
  put(html, onTop = false) {
    const content = fragment(html);
    tellTimes(content);
    const cards = [...content.querySelectorAll(".run-card")];
    for (const fresh of onTop ? cards.reverse() : cards) {
      const old = this.card(fresh.dataset.run);
      if (old) this.update(old, fresh);
      else if (onTop) this.element.prepend(fresh);
      else this.element.append(fresh);
    }
    if (cards.length) this.element.querySelector(".feed-empty")?.remove();
    this.keep();
    showInTitle();
  }

  update(old, fresh) {
    const hasEnded = old.hasAttribute("data-active") && !fresh.hasAttribute("data-active");
    if (hasEnded) this.end(old, fresh);
    else patch(old, fresh);
  }

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

  keep() {
    keepShown(this.name, [...this.element.querySelectorAll("[data-run]")].map((it) => it.dataset.run));
  }

  // Deleted runs are out of sight, for as long as they may come back.
  cover(ids, isGone) {
    for (const card of ids.map((id) => this.card(id)).filter(Boolean)) card.hidden = isGone;
  }

  // A run begins or is opened: on a phone it is far below the button, so it comes into view.
  show(html) {
    const id = fragment(html).querySelector(".run-card")?.dataset.run;
    const old = id && this.card(id);
    if (old) this.element.prepend(old);
    this.put(html, true);
    if (!old && id) speakOf(this.card(id));
    tellSpending();
    if (id) this.bringIntoView(this.card(id));
  }

  bringIntoView(card) {
    const { top } = card.getBoundingClientRect();
    const isSeen = top >= Math.max(0, this.element.getBoundingClientRect().top) - 1 && top < window.innerHeight - 200;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    if (!isSeen) card.scrollIntoView({ behavior, block: "start" });
  }

  async open(id) {
    this.show(await get(`/cards?ids=${encodeURIComponent(id)}`).catch(() => ""));
  }

  async follow() {
    const ids = [...this.element.querySelectorAll("[data-active]")].map((it) => it.dataset.run);
    if (ids.length) this.put(await get(`/cards?ids=${ids.join(",")}`).catch(() => ""));
    if (this.element.isConnected) setTimeout(() => this.follow(), document.hidden ? LOOK_HIDDEN_MS : LOOK_MS);
  }
}
