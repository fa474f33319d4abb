// History: listed when its tab is opened and whenever a filter changes, and worked with.

import { currentPlace, goOn, leaveFor, register, rename } from "../../browser/navigation/address.js";
import { one, within } from "../../browser/drawing/elements.js";
import { openAdding } from "../feed/showcasing/add_to_showcase.js";
import { deleteRuns } from "./deletion.js";
import { Detail } from "./detail/detail.js";
import { say } from "../../browser/dialogs/dialog.js";
import { fetchByGeneration } from "./fetch_by_id.js";
import { Grid } from "./grid/card_grid.js";
import { playOnHover } from "./grid/hover_playback.js";
import { hear, inTurn, toldSince, toldSoFar } from "../../browser/server/live_updates.js";
import { Newer } from "./grid/newer_runs.js";
import { listen, openCompare } from "../../browser/navigation/navigation.js";
import { Selection } from "./grid/selection.js";
import { get, send } from "../../browser/server/server.js";

/** @import { Card } from "./grid/card_grid.js" */
/** @import { News } from "../../browser/server/live_updates.js" */

/** @typedef {Record<string, string>} Named */

const TYPING_PAUSE_MS = 250;
const MOST_AT_ONCE = 60;
const PAGE_RUNS = 24;
const MOST_LISTED = 96;

/**
 * The beginning of a day as it is where the visitor is, in seconds since the epoch.
 * @param {string} date
 * @param {number} [laterDays]
 */
const dayBegins = (date, laterDays = 0) => {
  const day = new Date(`${date}T00:00`);
  day.setDate(day.getDate() + laterDays);
  return String(day.getTime() / 1000);
};

/** @param {number} shown @param {number} total @param {boolean} isCapped */
const counted = (shown, total, isCapped) => {
  if (!shown) return "";
  if (shown >= total) return `${shown} run${shown === 1 ? "" : "s"}`;
  const all = isCapped ? `more than ${(total - 1).toLocaleString("en")}` : total.toLocaleString("en");
  return `${shown} of ${all} runs`;
};

class History {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.filters = one(element, "[role=search]", HTMLFormElement);
    this.problem = one(element, ".history-problem");
    this.grid = new Grid(one(element, ".history"));
    this.asked = 0;
    this.isSeen = false;
    this.selection = new Selection(one(element, ".selection"), this.grid, {
      compare: openCompare,
      showcase: (ids) => openAdding({ kind: "results", specs: ids }).catch((error) => say(error.message)),
      download: (ids) => this.download(ids),
      delete: (ids) => this.delete(ids),
    });
    this.detail = new Detail({
      beside: (id, step) => this.beside(id, step),
      changed: (id) => this.look([id]),
      arrived: () => this.relist(),
      opened: (isFirst) => this.nameRun(isFirst),
      closed: (id) => {
        leaveFor(this.place);
        this.grid.focus(this.grid.card(id));
      },
      delete: (ids) => this.delete(ids),
    });
    playOnHover(this.grid.element);
    fetchByGeneration(one(element, ".fetch", HTMLDetailsElement), async (id) => {
      await this.relist();
      this.detail.open(id);
    });
    this.newer = new Newer(one(element, ".newer"), this.grid, () => this.tally());
    this.look = inTurn((ids) => this.fetch(ids), MOST_AT_ONCE);
    this.listen();
    this.follow();
  }

  /**
   * What is searched for, and the run in the dialog, as the address names them.
   * @returns {Named}
   */
  get named() {
    const set = [...new FormData(this.filters)].filter(([, value]) => value);
    const asked = /** @type {Named} */ (Object.fromEntries(set));
    return this.detail.isOpen ? { ...asked, run: /** @type {string} */ (this.detail.id) } : asked;
  }

  get place() {
    return { tab: "history", ...this.named };
  }

  /**
   * What one types is one search, and so one step back.
   * @param {boolean} isStep
   */
  nameSearch(isStep) {
    if (currentPlace().tab === "history") (isStep ? goOn : rename)(this.place);
  }

  /** @param {boolean} isFirst */
  nameRun(isFirst) {
    const { tab, run } = currentPlace();
    if (tab !== "history") return;
    // Under a run that a link names is nothing to go back to.
    if (isFirst && run !== this.detail.id) goOn(this.place, { isAbove: true });
    else rename(this.place);
  }

  /**
   * Fills in the filters; returns whether that changed them.
   * @param {Named} values
   */
  fill({ run: _run, ...wanted }) {
    const before = JSON.stringify(this.query);
    for (const element of this.filters.elements) {
      const control = /** @type {HTMLInputElement} */ (element);
      if (control.type === "checkbox") control.checked = control.value === wanted[control.name];
      else if (control.name) control.value = wanted[control.name] ?? "";
    }
    const isFolded = Object.keys(wanted).some((it) => it !== "text" && it in this.filters.elements);
    if (isFolded) one(this.filters, ".more").ariaExpanded = "true";
    return JSON.stringify(this.query) !== before;
  }

  /** @param {Named} values */
  async showPlace(values) {
    const hasChanged = this.fill(values);
    if (!values.run) this.detail.close();
    else if (values.run !== this.named.run) this.detail.open(values.run);
    if (hasChanged) await this.list();
  }

  /** @param {Named} values */
  title({ text, run }) {
    if (run) return this.detail.id === run ? this.detail.title : "";
    return text && `“${text}” in History`;
  }

  get query() {
    const { from, to, ...asked } = /** @type {Named} */ (Object.fromEntries(new FormData(this.filters)));
    const days = { created_from: from && dayBegins(from), created_to: to && dayBegins(to, 1) };
    return Object.fromEntries(Object.entries({ ...asked, ...days }).filter(([, value]) => value));
  }

  /** @param {{ cursor?: string, limit?: number }} [page] */
  async list({ cursor = "", limit = PAGE_RUNS } = {}) {
    const ticket = ++this.asked;
    const known = toldSoFar();
    this.grid.element.setAttribute("aria-busy", "true");
    try {
      const html = await get(`/history?${new URLSearchParams({ ...this.query, cursor, limit: String(limit) })}`);
      if (ticket === this.asked) {
        this.show(html, Boolean(cursor));
        this.take(toldSince(known));
      }
    } catch (error) {
      if (ticket === this.asked) this.say(/** @type {Error} */ (error).message);
    }
    if (ticket === this.asked) this.grid.element.removeAttribute("aria-busy");
  }

  /** @param {string} html @param {boolean} isMore */
  show(html, isMore) {
    this.say("");
    if (!isMore) this.newer.forget();
    this.grid.put(html, isMore);
    this.tally();
    if (this.grid.older) /** @type {IntersectionObserver} */ (this.below).observe(this.grid.older);
  }

  tally() {
    one(this.element, ".history-count").textContent = counted(
      this.grid.cards.length, this.grid.total, this.grid.isCapped,
    );
    this.selection.show();
  }

  /** @param {string} sentence */
  say(sentence) {
    this.problem.hidden = !sentence;
    one(this.problem, "span").textContent = sentence;
  }

  // As many as were listed already, as they are now.
  relist() {
    return this.list({ limit: Math.min(Math.max(this.grid.cards.length, PAGE_RUNS), MOST_LISTED) });
  }

  /**
   * Runs that changed, as they are now: those that fit no more, or are deleted, go.
   * @param {string[]} ids
   */
  async fetch(ids) {
    const ticket = this.asked;
    const known = toldSoFar();
    const html = await get(`/history?${new URLSearchParams({ ...this.query, ids: ids.join(",") })}`);
    if (ticket !== this.asked) return;
    if (!this.grid.cards.length) return this.relist();
    const told = this.grid.merge(html, ids);
    this.newer.offer(told.newer);
    this.grid.drop(told.gone);
    this.selection.forget(told.gone);
    this.newer.forget(told.gone);
    if (!this.grid.cards.length) this.list();
    this.tally();
    this.take(toldSince(known));
  }

  /**
   * Shown ones and new ones; where a filter is set, others may have come to fit.
   * @param {News} news
   */
  concerned({ ids, made }) {
    if (Object.keys(this.query).length) return ids.filter((id) => !id.startsWith("plan:"));
    return [...new Set([...made, ...ids.filter((id) => this.grid.card(id) || this.newer.has(id))])];
  }

  // What changes while nobody sees it is listed when somebody does.
  follow() {
    hear(this.element, (news) => this.isSeen && this.take(news));
    listen("reach", this.element, ({ reached }) => {
      this.isStale ||= reached && !this.problem.hidden;
      this.freshen();
    });
    document.addEventListener("visibilitychange", () => this.freshen());
  }

  /** @param {News} news */
  take(news) {
    if (document.hidden || news.isAll) this.isStale = true;
    else this.look(this.concerned(news));
    this.freshen();
  }

  freshen() {
    if (!this.isStale || !this.isSeen || document.hidden) return;
    this.isStale = false;
    this.relist();
  }

  /**
   * The run before or after another, from the next page where need be.
   * @param {string} id
   * @param {number} step
   */
  async beside(id, step) {
    const at = this.grid.ids.indexOf(id);
    if (at + step >= this.grid.ids.length && this.grid.older) await this.more();
    return this.grid.ids[at + step] ?? null;
  }

  more() {
    return this.list({ cursor: /** @type {HTMLElement} */ (this.grid.older).dataset.cursor });
  }

  /** @param {string[]} ids */
  async delete(ids) {
    const at = this.grid.ids.indexOf(ids[0]);
    /** @param {string[]} deleted */
    const gone = (deleted) => {
      this.grid.drop(deleted);
      this.selection.forget(deleted);
      if (!this.grid.cards.length) this.list();
      this.tally();
    };
    const isDone = await deleteRuns(ids, { gone, back: () => this.relist() });
    if (!isDone) return ids[0];
    return this.grid.ids[Math.min(at, this.grid.ids.length - 1)] ?? null;
  }

  /** @param {string[]} ids */
  download(ids) {
    const most = Number(one(this.element, ".history-view").dataset.mostFiles);
    if (ids.length > most) return say(`At most ${most} runs fit into one archive. Select fewer.`);
    Object.assign(document.createElement("a"), { href: `/runs.zip?ids=${ids.join(",")}`, download: "" }).click();
  }

  /** @param {Card} card */
  async star(card) {
    const star = one(card, ".star");
    const favourite = star.ariaPressed !== "true";
    star.ariaPressed = String(favourite);
    try {
      await send("PATCH", `/runs/${encodeURIComponent(card.dataset.run)}`, { favourite });
    } catch (error) {
      star.ariaPressed = String(!favourite);
      say(/** @type {Error} */ (error).message);
    }
  }

  listen() {
    /** @type {EventTarget | false | null | undefined} */
    let typedIn = null;
    /** @param {number} pauseMs @param {EventTarget | false} [box] */
    const again = (pauseMs, box) => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => {
        this.list();
        this.nameSearch(!box || box !== typedIn);
        typedIn = box;
      }, pauseMs);
    };
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    this.filters.addEventListener("input", (event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      again(TYPING_PAUSE_MS, box.name === "text" && box);
    });
    this.filters.addEventListener("reset", () => again(0));
    /** @type {[EventTarget, string][]} */
    const beginnings = [[this.filters, "focusin"], [window, "popstate"]];
    for (const [host, name] of beginnings) {
      host.addEventListener(name, () => { typedIn = null; });
    }
    const more = one(this.filters, ".more");
    more.addEventListener("click", () => { more.ariaExpanded = String(more.ariaExpanded !== "true"); });
    one(this.problem, "button").addEventListener("click", () => this.relist());
    this.grid.element.addEventListener("click", (event) => this.clicked(event));
    this.grid.element.addEventListener("keydown", (event) => this.pressed(event));
    this.below = new IntersectionObserver(
      ([button]) => button.isIntersecting && this.grid.older && this.more(),
      { rootMargin: "600px" },
    );
    // Its tab is mounted once and shown many times: what was made meanwhile is listed then.
    new IntersectionObserver(([seen]) => {
      if (seen.isIntersecting && !this.isSeen) this.relist();
      this.isSeen = seen.isIntersecting;
    }).observe(this.element);
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (within(event, "[data-clear-filters]")) return this.filters.reset();
    if (within(event, "[data-cursor]")) return this.more();
    const card = /** @type {Card | null} */ (within(event, ".history-card"));
    if (!card) return;
    if (within(event, ".star")) this.star(card);
    else if (within(event, ".pick")) this.picked(event, card);
    else if (event.shiftKey) this.selection.reach(card);
    else if (event.ctrlKey || event.metaKey) this.selection.toggle(card);
    else if (within(event, ".history-open")) this.detail.open(card.dataset.run);
  }

  /** @param {MouseEvent} event @param {Card} card */
  picked(event, card) {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (!box.matches("input")) return;
    if (event.shiftKey) this.selection.reach(card);
    else this.selection.toggle(card, box.checked);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const card = /** @type {Card | null} */ (within(event, ".history-card"));
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const reached = this.grid.reached(card, event.key);
    const chosen = this.selection.ids;
    /** @type {Record<string, () => unknown>} */
    const actions = {
      f: () => this.star(card),
      x: () => this.selection.toggle(card),
      Delete: () => this.delete(chosen.length ? chosen : [card.dataset.run]),
      Escape: () => this.selection.clear(),
    };
    const act = reached ? () => this.grid.focus(reached) : actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

/** @param {HTMLElement} element */
export const mount = (element) => {
  const view = new History(element);
  const values = register("history", {
    name: () => view.named,
    show: (wanted) => view.showPlace(wanted),
    title: (shown) => view.title(shown),
  });
  view.fill(values);
  view.detail.open(values.run);
};
